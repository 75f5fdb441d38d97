/** What stands in the header of a file of weights. */

/** Says that tensors are PyTorch's, without which transformers refuses a file. */
export const FILE_METADATA = { format: 'pt' };
