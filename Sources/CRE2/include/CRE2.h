#ifndef CRE2_H
#define CRE2_H
#ifdef __cplusplus
extern "C" {
#endif
int cre2_placeholder(void);
#ifdef __cplusplus
}
#endif
#endif
