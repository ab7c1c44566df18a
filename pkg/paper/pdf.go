package paper

import "context"

func readPDF(ctx context.Context, data []byte, name string, opts ReadOptions) ([]Found, error) {
	return nil, errNoCode(name)
}
