package paper

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit/damage"
)

const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

// shareText is a text of the shape of a share.
func shareText(rng *rand.Rand) string {
	text := []byte("EK1")
	for range 96 {
		text = append(text, alphabet[rng.IntN(len(alphabet))])
	}
	return string(text)
}

// case of the damaged set: codes of 40, 45 and 50 mm at 100 and 150 dpi.
type hurt struct {
	text string
	data []byte // a JPEG
}

func hurtCodes(t testing.TB, kind damage.Kind, seed uint64, rounds int) (all []hurt) {
	t.Helper()
	for round := range rounds {
		for _, mm := range []float64{40, 45, 50} {
			for _, dpi := range []float64{100, 150} {
				rng := rand.New(rand.NewPCG(seed, uint64(len(all)+1)))
				text := shareText(rng)
				img, code, err := damage.Code(text, mm, dpi)
				if err != nil {
					t.Fatal(err)
				}
				img = kind.Apply(img, dpi, code, rng.Uint64())
				all = append(all, hurt{text, asJPEG(t, img, 90)})
			}
		}
		_ = round
	}
	return all
}

func asJPEG(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tally of one kind of damage.
type tally struct {
	read, wrong, all int
	worst, total     time.Duration
}

func readHurt(t testing.TB, kind damage.Kind, seed uint64, rounds int) (sum tally) {
	for i, h := range hurtCodes(t, kind, seed, rounds) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		start := time.Now()
		step := ""
		found, _ := ReadPicture(ctx, h.data, "code", ReadOptions{Progress: func(s string, _, _ int) { step = s }})
		cancel()
		took := time.Since(start)
		sum.worst, sum.total, sum.all = max(sum.worst, took), sum.total+took, sum.all+1
		for _, f := range found {
			if string(f.Text) == h.text {
				sum.read++
			} else {
				sum.wrong++
			}
		}
		if dir := os.Getenv("DUMP"); dir != "" && len(found) == 0 {
			_ = os.WriteFile(fmt.Sprintf("%s/%s-%d.jpg", dir, strings.ReplaceAll(kind.Name, " ", "_"), i), h.data, 0o644)
		}
		_ = step
	}
	return sum
}

func table(t testing.TB, kinds []damage.Kind, seed uint64, rounds int) (sum tally) {
	for _, kind := range kinds {
		one := readHurt(t, kind, seed, rounds)
		t.Logf("%-24s %3d of %3d  wrong %d  mean %6v  worst %6v", kind.Name, one.read, one.all, one.wrong,
			(one.total / time.Duration(one.all)).Round(time.Millisecond), one.worst.Round(time.Millisecond))
		sum.read, sum.wrong, sum.all, sum.total, sum.worst = sum.read+one.read, sum.wrong+one.wrong, sum.all+one.all, sum.total+one.total, max(sum.worst, one.worst)
	}
	t.Logf("all: %d of %d (%.1f %%), wrong %d, mean %v, worst %v", sum.read, sum.all, 100*float64(sum.read)/float64(sum.all), sum.wrong, sum.total/time.Duration(sum.all), sum.worst)
	return sum
}

func TestDrawnTable(t *testing.T) { table(t, damage.Drawn(), 1, 1) }
