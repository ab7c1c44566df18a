package mnemonic

import (
	"unsafe"

	"github.com/ethkey/ethkey/pkg/secret"
)

// onPage returns a zero T, without pointers, on a secret page. As a variable it
// would be on the stack, and stacks that grow leave a copy behind.
func onPage[T letters | [maxWords]letters | work]() (*T, *secret.Buffer, error) {
	page, err := secret.New(int(unsafe.Sizeof(*new(T))))
	if err != nil {
		return nil, nil, err
	}
	return (*T)(unsafe.Pointer(&page.Bytes()[0])), page, nil
}

// work is where a candidate is put together.
type work struct {
	from    [maxWords + 1]uint16
	indices [maxWords]uint16
}
