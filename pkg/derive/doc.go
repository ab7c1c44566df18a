// Package derive is the key tree of EIP-2333 with the paths of EIP-2334: from
// a seed to the master secret key, and from a secret key to its children. Its
// functions bear the EIP's names and follow its order.
//
//	master_SK = derive_master_SK(seed)                   MasterSK
//	child_SK  = derive_child_SK(parent_SK, index)        ChildSK
//	m/12381/3600/i/0      the withdrawal key of validator i
//	m/12381/3600/i/0/0    the signing key of validator i
//
// All levels are hardened: a child's public key says nothing of its parent,
// and nothing can be derived from a public key.
//
// Whatever is secret on the way (the seed, the lamport keys, every state of
// SHA-256) lies on a page of pkg/secret and is wiped with it. That is why the
// hash is fed whole blocks and HKDF is written out here: crypto/hmac and
// crypto/hkdf keep copies of their keys on the heap.
package derive
