/** The headers of bitmaps, by which a BMP without the 14 bytes before them is told. */

export const OS2_HEADER = 12;
export const INFO_HEADER = 40;

/** Sizes in bytes: OS/2, Windows 3, with masks, with a mask of alpha, OS/2 version 2, Windows 95, Windows 98. */
export const DIB_HEADERS: readonly number[] = [OS2_HEADER, INFO_HEADER, 52, 56, 64, 108, 124];
