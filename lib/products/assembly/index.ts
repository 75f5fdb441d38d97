/**
 * All kernels: products of rows with vectors and of rows with rows, in float64 but for one. Without relaxed SIMD, so that every engine gives the same bits.
 *
 * Numbers of rows and of columns divide by 4: what calls them fills up with zeros.
 */

export { accumulate, centre, distances, normal, project, orthogonalise } from './matrix-vector';
export { addProducts, gram, scores } from './matrix-matrix';
export { roughNormal } from './single-precision';
