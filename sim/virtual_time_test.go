package sim_test

import (
	"testing"
	"time"

	"wappasim/sim"
)

// TestTimeStandsStillBetweenCalls lets real time pass, of which the world sees nothing.
func TestTimeStandsStillBetweenCalls(t *testing.T) {
	w := world(t, ticker)
	time.Sleep(50 * time.Millisecond)
	if got := w.Now(); !got.Equal(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)) || len(w.Sent()) != 0 {
		t.Errorf("it is %s, and %d messages were sent", got, len(w.Sent()))
	}
}

// TestWaitIncludesWhatIsDueAtItsEnd has timers of the bot fire exactly when Wait ends.
func TestWaitIncludesWhatIsDueAtItsEnd(t *testing.T) {
	for range 50 {
		w := world(t, ticker)
		for n := range 10 {
			if err := w.Wait(time.Second - 1); err != nil {
				t.Fatal(err)
			}
			if got := len(w.Sent()); got != n {
				t.Fatalf("a nanosecond before: got %d messages, want %d", got, n)
			}
			if err := w.Wait(1); err != nil {
				t.Fatal(err)
			}
			if got := len(w.Sent()); got != n+1 {
				t.Fatalf("at the moment: got %d messages, want %d", got, n+1)
			}
		}
	}
}

func TestWaitUntilMovesTimeOnlyForward(t *testing.T) {
	w := world(t, ticker, sim.Start(time.Date(2030, 7, 1, 12, 0, 0, 0, time.UTC)))
	if err := w.WaitUntil(time.Date(2030, 7, 1, 12, 0, 5, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if got := len(w.Sent()); got != 5 {
		t.Errorf("got %d messages", got)
	}
	if err := w.WaitUntil(time.Date(2030, 7, 1, 12, 0, 4, 0, time.UTC)); err == nil {
		t.Error("time went back")
	}
	if err := w.Wait(-1); err == nil {
		t.Error("time went back")
	}
}
