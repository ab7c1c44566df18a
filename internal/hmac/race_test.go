//go:build race

package hmac

const raceDetector = true
