export function forgetFeatures(): void {}
