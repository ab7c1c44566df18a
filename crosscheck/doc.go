// Package crosscheck compares ethkey with implementations that are not ours:
//
//	attestantio/go-eth2-client   the roots of deposits, fork data and signing data
//	consensys/gnark-crypto       public keys and signatures, by another BLS12-381
//
// It is a module of its own, so that their dependencies are not the product's.
// It holds tests only; npm/ holds those against JavaScript packages.
package crosscheck
