package talk_test

import (
	"encoding/json"
	"fmt"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/graph"
	"wappasim/sim/internal/talk"
)

func Example() {
	m := fakewa.Message{At: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Type: "text", Body: json.RawMessage(`{"type":"text","text":{"body":"hello"}}`)}
	fmt.Println(talk.Line("bot", m)) // 09:00:00 bot: hello
	m.Body, m.Error = json.RawMessage(`{"type":"text","text":{"body":"¡Hola!\n\nAgain."}}`), &graph.Error{Code: 131026, Message: "Message undeliverable"}
	fmt.Println(talk.Line("Ángel", m))
	m.Error, m.Direction, m.Status = nil, fakewa.Out, "sent"
	fmt.Println(talk.Line("bot", m))
	// Output:
	// 09:00:00 bot: hello
	// 09:00:00 Ángel: ¡Hola!
	//
	//                 Again.
	//                 ✗ not delivered: Message undeliverable
	// 09:00:00 bot: ¡Hola!
	//
	//               Again.
	//               ✗ not arrived: the phone is off, or has blocked the business
}
