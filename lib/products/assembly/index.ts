/**
 * All kernels: products of rows with vectors and of rows with rows, in float64. Without relaxed SIMD, so that every engine gives the same bits.
 *
 * Numbers of rows and of columns divide by 4: what calls them fills up with zeros.
 */

export { accumulate, distances, normal, project, orthogonalise } from './matrix-vector';
export { addProducts, gram, scores } from './matrix-matrix';
