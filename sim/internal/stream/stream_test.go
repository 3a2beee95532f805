package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/stream"
)

// get has a handler answer a request in a bubble.
func get(ctx context.Context, method string, group *sync.WaitGroup, handler http.HandlerFunc) (*http.Response, error) {
	req := httptest.NewRequest(method, "https://x.example/path?a=b", strings.NewReader("question")).WithContext(ctx)
	resp, err := stream.Answer(handler, req, group.Go)
	return resp, err
}

func TestWhatIsFlushedArrivesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group sync.WaitGroup
		defer group.Wait()
		begin := time.Now()
		resp, err := get(t.Context(), "POST", &group, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Early", "yes")
			time.Sleep(time.Second)
			fmt.Fprintf(w, "%s of %s%s", body, r.Host, r.RequestURI)
			w.(http.Flusher).Flush()
			w.Header().Set("X-Late", "yes")
			time.Sleep(time.Second)
			fmt.Fprint(w, "!")
			time.Sleep(time.Second)
		})
		if err != nil || time.Since(begin) != time.Second || resp.StatusCode != 200 || resp.ContentLength != -1 || resp.Header.Get("X-Early") != "yes" || resp.Header.Get("X-Late") != "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
			t.Fatalf("after %s: %+v, %v", time.Since(begin), resp, err)
		}
		buffer := make([]byte, 100)
		n, err := resp.Body.Read(buffer)
		if got := string(buffer[:n]); got != "question of x.example/path?a=b" || err != nil || time.Since(begin) != time.Second {
			t.Errorf("after %s: %q, %v", time.Since(begin), got, err)
		}
		rest, err := io.ReadAll(resp.Body)
		if string(rest) != "!" || err != nil || time.Since(begin) != 3*time.Second {
			t.Errorf("after %s: %q, %v", time.Since(begin), rest, err)
		}
	})
}

func TestAnAnswerThatIsNotFlushedHasALength(t *testing.T) {
	for method, want := range map[string]string{"GET": "hello", "HEAD": ""} {
		var group sync.WaitGroup
		resp, err := get(t.Context(), method, &group, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusCreated)
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprint(w, "hello")
		})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if string(body) != want || err != nil || resp.StatusCode != 201 || resp.Status != "201 Created" || resp.ContentLength != int64(len(want)) {
			t.Errorf("%s: got %+v %q, %v", method, resp, body, err)
		}
		group.Wait()
	}
}

func TestABrokenAnswer(t *testing.T) {
	for name, end := range map[string]func(){
		"abort": func() { panic(http.ErrAbortHandler) },
		"exit":  runtime.Goexit,
		"panic": func() { panic("no money") },
	} {
		for _, begun := range []bool{false, true} {
			var group sync.WaitGroup
			resp, err := get(t.Context(), "GET", &group, func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "hel")
				if begun {
					w.(http.Flusher).Flush()
				}
				end()
			})
			group.Wait()
			var body []byte
			if err == nil {
				body, err = io.ReadAll(resp.Body)
			}
			if (string(body) == "hel") != begun || err == nil || errors.Is(err, stream.ErrReset) != (name != "panic") || name == "panic" && !strings.Contains(err.Error(), "no money") {
				t.Errorf("%s, begun %t: got %q, %v", name, begun, body, err)
			}
		}
	}
}

func TestTheEndOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group sync.WaitGroup
		defer group.Wait()
		for _, begun := range []bool{false, true} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var seen error
			resp, err := get(ctx, "GET", &group, func(w http.ResponseWriter, r *http.Request) {
				if begun {
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
				seen = r.Context().Err()
			})
			if begun && err == nil {
				_, err = io.ReadAll(resp.Body)
			}
			synctest.Wait()
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(seen, context.DeadlineExceeded) {
				t.Errorf("begun %t: got %v, and the handler sees %v", begun, err, seen)
			}
			if _, err := get(ctx, "GET", &group, func(http.ResponseWriter, *http.Request) { t.Error("the handler is called") }); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("over before: got %v", err)
			}
		}
	})
}
