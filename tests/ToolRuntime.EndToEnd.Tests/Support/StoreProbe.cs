using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>How a server's stores stand, as its clients and its operators see it.</summary>
internal sealed class StoreProbe(Uri address) : IDisposable
{
    private const int MostMessages = 1_000;

    private readonly HttpClient http = new() { BaseAddress = address, Timeout = Limits.Timeout };

    /// <summary>
    /// Writes until a write fails (what is left of a write-ahead log takes some); verifies that this is said as it must be.
    /// </summary>
    public async Task FailsAsync(string session, string reason)
    {
        var answer = await SendAsync(Message(session));
        for (var i = 0; IsAccepted(answer.Status) && i < MostMessages; i++) answer = await SendAsync(Message(session));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        var error = answer.Body.GetProperty("error");
        Assert.Equal(("unavailable", true), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.Contains("The store can't be used just now: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);

        // The first write that fails may not know yet why: it is tried each second.
        await UntilReadyAsync(
            ready => ready.Status == HttpStatusCode.ServiceUnavailable && ready.Body.Contains(reason, StringComparison.Ordinal), $"not ready because {reason}");
        Assert.Contains("toolruntime_store_failing{store=\"sessions\"} 1", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    /// <summary>Waits until the stores work again.</summary>
    public Task WorksAsync() => UntilReadyAsync(ready => ready.Status == HttpStatusCode.OK, "ready");

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(JsonObject command)
    {
        using var content = new StringContent(command.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/v1/sessions/{command["session"]}/commands", content);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    public async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(await http.GetStringAsync(path));

    public static bool IsAccepted(HttpStatusCode status) => status is HttpStatusCode.OK or HttpStatusCode.Accepted;

    public void Dispose() => http.Dispose();

    private static JsonObject Message(string session) => Command.SendMessage(session, new string('x', 20_000));

    private async Task UntilReadyAsync(Func<(HttpStatusCode Status, string Body), bool> holds, string what)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            using var response = await http.GetAsync("/readyz");
            var ready = (response.StatusCode, await response.Content.ReadAsStringAsync());
            if (holds(ready)) return;
            Assert.False(limit.IsCancellationRequested, $"Not {what}: {ready}");
        }
    }
}
