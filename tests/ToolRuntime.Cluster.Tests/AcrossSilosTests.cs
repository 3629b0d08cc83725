using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Processes, figures and links are those of all silos, whichever gateway is asked, and what one gateway does the other sees.</summary>
public sealed class AcrossSilosTests(TwoSilos fixture) : IClassFixture<TwoSilos>
{
    /// <summary>So many that hardly ever one of two silos has none.</summary>
    private const int Sessions = 12;

    [Fact]
    public async Task Processes_OfBothSilos_AreListedAndSignalledAtBothGateways()
    {
        var marked = new MarkedProcesses();
        await using var client = await fixture.Cluster.ConnectAsync(0);
        using var one = await HttpAsync(0);
        using var other = await HttpAsync(1);
        var sessions = await RunAsync(client, "listed", ToolUse.Shell(marked, "exec sleep 4000"));

        var seen = await ProcessesAsync(one, "listed", Sessions);
        Assert.Equal(2, seen.Select(process => process.Silo).Distinct().Count());
        Assert.Equal(seen, await ProcessesAsync(other, "listed", Sessions));

        // From the gateway that did not start them, to a process of each silo.
        foreach (var process in seen.DistinctBy(process => process.Silo))
        {
            using var sent = await PostAsync(other, $"/v1/processes/{process.Id}/signal", new() { ["signal"] = "SIGTERM" });
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
            var record = sessions.Single(session => session.Session == process.Session);
            Assert.Equal("tool.failed", (await record.FirstAsync(e => e.EndsTool, "its tool has ended")).Type);
        }

        Assert.Equal(Sessions - 2, (await ProcessesAsync(one, "listed", Sessions - 2)).Length);
        await DeleteAsync(client, sessions);
        await marked.NoneLeftAsync();
    }

    [Fact]
    public async Task MetricHistory_AtEitherGateway_HasTheFiguresOfBothSilos()
    {
        var marked = new MarkedProcesses();
        await using var client = await fixture.Cluster.ConnectAsync(0);
        using var http = await HttpAsync(0);
        var sessions = await RunAsync(client, "counted", ToolUse.Shell(marked, "exec sleep 4000"));
        Assert.Equal(2, (await ProcessesAsync(http, "counted", Sessions)).Select(process => process.Silo).Distinct().Count());

        for (var gateway = 0; gateway < 2; gateway++)
        {
            using var asked = await HttpAsync(gateway);
            var path = "/v1/metrics/history?names=executions.running&step=1";
            var history = await UntilAsync(asked, path, answer => LastOf(answer) == Sessions);
            var processes = history.GetProperty("processes").EnumerateArray().Select(process => process.GetString());
            Assert.Equal(3, processes.Distinct().Count()); // the gateway and both silos
            Assert.False(history.TryGetProperty("missing", out _));
        }

        await DeleteAsync(client, sessions);
        await marked.NoneLeftAsync();
    }

    [Fact]
    public async Task Attach_InASessionOfEachSilo_IsFollowedAndEndedAtTheOtherGateway()
    {
        var marked = new MarkedProcesses();
        await using var one = await fixture.Cluster.ConnectAsync(0);
        await using var other = await fixture.Cluster.ConnectAsync(1);
        using var http = await HttpAsync(1);
        var sessions = await RunAsync(one, "attached", ToolUse.Shell(marked, "while :; do echo tick; sleep 0.1; done > ticks"));
        var processes = await ProcessesAsync(http, "attached", Sessions, "while :");
        var target = processes[0];
        var start = long.Parse(target.Id.Split('-')[2], CultureInfo.InvariantCulture);
        var attach = new ToolUse("attach", new JsonObject { ["pid"] = target.Pid, ["start"] = start });

        foreach (var process in processes.DistinctBy(process => process.Silo))
        {
            var begun = await one.SendAsync(Command.RunTools(process.Session, attach));
            var execution = begun.GetProperty("executionIds")[0].GetString()!;
            var followed = await other.OpenAsync(process.Session);
            await followed.UntilAsync(() => followed.OutputOf(execution).Contains("tick", StringComparison.Ordinal), "what it prints is seen");
            await other.SendAsync(Command.CancelTool(process.Session, execution));
            Assert.Equal("tool.cancelled", (await followed.FirstAsync(e => e.EndsTool && e.ExecutionId == execution, "it is left")).Type);
            Assert.Contains(target, await ProcessesAsync(http, "attached", Sessions, "while :"));
        }

        await DeleteAsync(one, sessions);
        await marked.NoneLeftAsync();
    }

    [Fact]
    public async Task Link_MadeAtOneGateway_IsReadAndRevokedAtTheOther()
    {
        var marked = new MarkedProcesses();
        await using var client = await fixture.Cluster.ConnectAsync(0);
        using var one = await HttpAsync(0);
        using var other = await HttpAsync(1);
        var sessions = await RunAsync(client, "linked", ToolUse.Shell(marked, "echo shared output; exec sleep 4000"));

        foreach (var process in (await ProcessesAsync(one, "linked", Sessions)).DistinctBy(process => process.Silo))
        {
            var session = process.Session;
            await sessions.Single(record => record.Session == session).FirstAsync(e => e.Type == "tool.output", "it has printed");
            using var made = await PostAsync(one, $"/v1/sessions/{session}/shares", []);
            var link = await made.Content.ReadFromJsonAsync<JsonElement>();
            var path = $"/v1/shared/{link.GetProperty("token").GetString()}";
            var text = await other.GetStringAsync(new Uri($"{path}/recording?format=text", UriKind.Relative));
            Assert.Contains("shared output", text, StringComparison.Ordinal);

            var share = link.GetProperty("share").GetProperty("shareId").GetString();
            using var revoked = await other.DeleteAsync(new Uri($"/v1/sessions/{session}/shares/{share}", UriKind.Relative));
            Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
            foreach (var gateway in (HttpClient[])[one, other])
            {
                using var gone = await gateway.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            }
        }

        await DeleteAsync(client, sessions);
        await marked.NoneLeftAsync();
    }

    /// <summary>A call in each of so many sessions that both silos have some.</summary>
    private static async Task<List<SessionRecord>> RunAsync(ProtocolClient client, string name, ToolUse call)
    {
        var records = new List<SessionRecord>();
        for (var i = 0; i < Sessions; i++)
        {
            records.Add(await client.OpenAsync($"{name}-{i}"));
            await client.SendAsync(Command.RunTools(records[^1].Session, call));
        }

        return records;
    }

    private static async Task DeleteAsync(ProtocolClient client, List<SessionRecord> sessions)
    {
        foreach (var session in sessions) await client.SendAsync(Command.Of("session.delete", session.Session));
    }

    /// <summary>The processes that lead a test's tools, once there are so many.</summary>
    private static async Task<Led[]> ProcessesAsync(HttpClient http, string name, int count, string command = "sleep 4000")
    {
        Led[] found = [];
        await UntilAsync(http, "/v1/processes", answer =>
        {
            Assert.False(answer.TryGetProperty("silent", out _), "Both silos answer.");
            found =
            [
                .. from process in answer.GetProperty("processes").EnumerateArray()
                   let session = process.TryGetProperty("session", out var of) ? of.GetString()! : ""
                   where session.StartsWith($"{name}-", StringComparison.Ordinal)
                   where process.GetProperty("command").GetString()!.Contains(command, StringComparison.Ordinal)
                   orderby session
                   select new Led(Text(process, "id"), Text(process, "silo"), process.GetProperty("pid").GetInt32(), session),
            ];
            return found.Length == count;
        });
        return found;
    }

    private static double? LastOf(JsonElement history)
    {
        var runs = history.GetProperty("series")[0].GetProperty("runs").EnumerateArray().ToArray();
        return runs is [.., var run] ? run.GetProperty("values").EnumerateArray().Last().GetDouble() : null;
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private async Task<HttpClient> HttpAsync(int gateway) =>
        new() { BaseAddress = await fixture.Cluster.Gateways[gateway].Listening, Timeout = Limits.Timeout };

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string path, JsonObject body) =>
        http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);

    /// <summary>Asks until an answer is as awaited: a process begins, and silos take their figures, a moment later.</summary>
    private static async Task<JsonElement> UntilAsync(HttpClient http, string path, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), limit.Token);
            if (holds(answer)) return answer;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private sealed record Led(string Id, string Silo, int Pid, string Session);
}
