using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>A real disk that fills up under a real server and empties again.</summary>
public sealed class DiskTests
{
    [Fact]
    public async Task Run_DiskFillsUpAndEmptiesAgain_IsUnavailableMeanwhileAndEverythingEnds()
    {
        using var disk = new SmallDisk(24);
        await using var gateway = await GatewayProcess.StartAsync(disk.Path, "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await gateway.Listening };
        // One that prints all the time and ends once there is space, and one whose time is up while there is none.
        var job = Command.RunTools(
            "work", new ToolUse("shell", new() { ["command"] = "while [ ! -e go ]; do echo tick; sleep 0.1; done" }), new ToolUse("shell", new() { ["command"] = "sleep 600" }));
        job["calls"]![1]!["timeoutMs"] = 1_500;
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/readyz")).StatusCode);
        var started = await SendAsync(http, job);
        Assert.True(started.Status is HttpStatusCode.OK or HttpStatusCode.Accepted, started.Body.ToString());
        disk.Fill();

        // Until the write-ahead log has no page left to write to.
        var answer = await SendAsync(http, Message());
        for (var i = 0; answer.Status is HttpStatusCode.OK or HttpStatusCode.Accepted && i < 1_000; i++) answer = await SendAsync(http, Message());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        var error = answer.Body.GetProperty("error");
        Assert.Equal(("unavailable", true), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.Contains("the disk is full", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var ready = await http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("the disk is full", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("toolruntime_store_failing{store=\"sessions\"} 1", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        disk.Free();
        using var timeout = new CancellationTokenSource(Limits.Timeout);
        while ((await http.GetAsync("/readyz", timeout.Token)).StatusCode != HttpStatusCode.OK) timeout.Token.ThrowIfCancellationRequested();
        foreach (var folder in Directory.EnumerateDirectories(disk.Path, "work*", SearchOption.AllDirectories)) await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        Assert.True((await SendAsync(http, Message())).Status is HttpStatusCode.OK or HttpStatusCode.Accepted);
        JsonElement view;
        do view = (await GetAsync(http, "/v1/sessions/work", timeout.Token)).GetProperty("view");
        while (view.GetProperty("executions").EnumerateObject().Any(e => e.Value.GetProperty("state").GetString() is "pending" or "executing" or "backoff"));

        Assert.Equal(["completed", "timed_out"], view.GetProperty("executions").EnumerateObject().Select(e => e.Value.GetProperty("state").GetString()).Order());
    }

    private static JsonObject Message() => Command.SendMessage("other", new string('x', 20_000));

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpClient http, JsonObject command)
    {
        using var content = new StringContent(command.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        var response = await http.PostAsync($"/v1/sessions/{command["session"]}/commands", content);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path, CancellationToken cancellationToken) =>
        JsonDocument.Parse(await http.GetStringAsync(path, cancellationToken)).RootElement;
}
