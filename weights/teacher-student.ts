/** The two networks of a training run by self-distillation: the first, an average of the second, is the model that is used. */

/** What training code calls the network whose weights are taken. */
export const TEACHER = 'teacher';

/** What training code calls the network whose weights are left out where there is a teacher, and taken where there is none. */
export const STUDENT = 'student';
