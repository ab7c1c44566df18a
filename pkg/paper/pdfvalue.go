package paper

import (
	"bytes"
	"strconv"
)

// The values of a PDF (ISO 32000-1, 7.3), as far as finding pictures takes: nil
// for what does not matter, bool, float64, pdfName, pdfText, pdfArray, pdfDict, pdfRef.
type (
	pdfName  string
	pdfText  []byte
	pdfArray []any
	pdfDict  map[pdfName]any
	pdfRef   int // the number of an object
)

// pdfParser reads values one after another. It never fails: what it does not
// understand it skips.
type pdfParser struct {
	data   []byte
	at     int
	values *int // that may still be read, so that a file cannot fill the memory
}

// maxNesting of arrays and dictionaries; real files have about ten.
const maxNesting = 60

func isPDFSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isPDFDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip goes over white space and comments.
func (p *pdfParser) skip() {
	for ; p.at < len(p.data); p.at++ {
		if c := p.data[p.at]; c == '%' {
			for p.at < len(p.data) && p.data[p.at] != '\n' && p.data[p.at] != '\r' {
				p.at++
			}
			p.at--
		} else if !isPDFSpace(c) {
			return
		}
	}
}

// has goes over a word, if it is next.
func (p *pdfParser) has(word string) bool {
	p.skip()
	if !bytes.HasPrefix(p.data[p.at:], []byte(word)) {
		return false
	}
	p.at += len(word)
	return true
}

// value reads one value.
func (p *pdfParser) value(depth int) any {
	p.skip()
	*p.values--
	if p.at >= len(p.data) || depth > maxNesting || *p.values < 0 {
		p.at = len(p.data)
		return nil
	}
	switch c := p.data[p.at]; {
	case c == '/':
		p.at++
		return p.name()
	case c == '(':
		return p.literal()
	case p.has("<<"):
		return p.dict(depth)
	case c == '<':
		return p.hex()
	case p.has("["):
		return p.array(depth)
	case isPDFDelimiter(c):
		p.at++
		return nil
	}
	return p.word()
}

// regular reads characters up to white space or a delimiter.
func (p *pdfParser) regular() []byte {
	start := p.at
	for p.at < len(p.data) && !isPDFSpace(p.data[p.at]) && !isPDFDelimiter(p.data[p.at]) {
		p.at++
	}
	return p.data[start:p.at]
}

// name resolves #xx.
func (p *pdfParser) name() pdfName {
	raw := p.regular()
	if !bytes.Contains(raw, []byte("#")) {
		return pdfName(raw)
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if v, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out, i = append(out, byte(v)), i+2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return pdfName(out)
}

// word reads a number, a reference ("12 0 R"), true, false, or something else.
func (p *pdfParser) word() any {
	text := string(p.regular())
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text == "true"
	}
	after := *p
	after.skip()
	if generation := after.regular(); len(generation) > 0 && len(generation) < 6 && bytes.Trim(generation, "0123456789") == nil {
		if after.has("R") && (after.at == len(after.data) || isPDFSpace(after.data[after.at]) || isPDFDelimiter(after.data[after.at])) {
			if number >= 0 && number < 1<<31 {
				*p = after
				return pdfRef(number)
			}
		}
	}
	return number
}

func (p *pdfParser) array(depth int) pdfArray {
	var out pdfArray
	for !p.has("]") && p.at < len(p.data) {
		out = append(out, p.value(depth+1))
	}
	return out
}

func (p *pdfParser) dict(depth int) pdfDict {
	out := pdfDict{}
	for !p.has(">>") && p.at < len(p.data) {
		if p.data[p.at] != '/' {
			if bytes.HasPrefix(p.data[p.at:], []byte("endobj")) || bytes.HasPrefix(p.data[p.at:], []byte("stream")) {
				break
			}
			p.value(depth + 1)
			continue
		}
		p.at++
		key := p.name()
		out[key] = p.value(depth + 1)
	}
	return out
}

// literal reads a text in brackets.
func (p *pdfParser) literal() pdfText {
	var out pdfText
	open := 0
	for ; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; c {
		case '(':
			if open++; open == 1 {
				continue
			}
		case ')':
			if open--; open == 0 {
				p.at++
				return out
			}
		case '\\':
			out = append(out, p.escape())
			continue
		}
		out = append(out, p.data[p.at])
	}
	return out
}

// escape reads what follows a backslash, and stays on its last character.
func (p *pdfParser) escape() byte {
	p.at++
	if p.at >= len(p.data) {
		return 0
	}
	c := p.data[p.at]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return "\n\r\t\b\f"[i]
	}
	if c < '0' || c > '7' {
		return c
	}
	v := 0
	for n := 0; n < 3 && p.at < len(p.data) && p.data[p.at] >= '0' && p.data[p.at] <= '7'; n++ {
		v = v*8 + int(p.data[p.at]-'0')
		p.at++
	}
	p.at--
	return byte(v)
}

func (p *pdfParser) hex() pdfText {
	end := bytes.IndexByte(p.data[p.at:], '>')
	if end < 0 {
		p.at = len(p.data)
		return nil
	}
	out := unhex(p.data[p.at+1 : p.at+end])
	p.at += end + 1
	return out
}

// unhex leaves out what is no digit; a last half byte counts as if a 0 followed.
func unhex(text []byte) (out []byte) {
	half := -1
	for _, c := range text {
		v, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if half < 0 {
			half = int(v)
		} else {
			out, half = append(out, byte(half<<4|int(v))), -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return out
}
