package fakewa

import "testing"

func TestNumberCallbackWinsOverAccountAndApp(t *testing.T) {
	all := callbacks{app: "app", account: "account", number: "number"}
	for _, test := range []struct {
		callbacks   callbacks
		field, want string
	}{
		{callbacks{}, "messages", ""},
		{callbacks{app: "app"}, "messages", "app"},
		{callbacks{app: "app", account: "account"}, "messages", "account"},
		{all, "messages", "number"},
		{all, "message_template_status_update", "app"},
		{callbacks{app: "app", number: "number", unsubscribed: true}, "messages", ""},
		{callbacks{app: "app", unsubscribed: true}, "message_template_status_update", ""},
	} {
		if got := test.callbacks.url(test.field); got != test.want {
			t.Errorf("%+v: %s go to %q, not %q", test.callbacks, test.field, got, test.want)
		}
	}
}
