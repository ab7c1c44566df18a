// Package selftest runs published figures of the standards through the code
// that makes keys, on this very processor: BIP-39, EIP-2333, EIP-2335, BLS
// signatures, deposits of each credential type, shares on paper, and the
// primitives below them. A figure that does not come out, a file that is not as
// it was published and a set of figures that turns out empty are failures alike.
package selftest
