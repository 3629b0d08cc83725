using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>What all silos count together, asked at any gateway; and calls that only some silos take.</summary>
public sealed class SharedCountsTests
{
    /// <summary>So many that both silos have some.</summary>
    private const int Sessions = 16;

    [Fact]
    public async Task Quota_OfATenant_IsMetExactlyByBothSilos()
    {
        const int Allowed = 37;
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:Quotas:Tenant:Month:Calls", $"{Allowed}");
        using var one = await HttpAsync(cluster, 0);
        using var other = await HttpAsync(cluster, 1);

        var ends = await Task.WhenAll(Enumerable.Range(0, Sessions * 4).Select(i => WriteAsync(i % 2 == 0 ? one : other, $"s{i % Sessions}", i)));

        Assert.Equal(Allowed, ends.Count(end => end.GetProperty("state").GetString() == "completed"));
        var refused = ends.Where(end => end.GetProperty("state").GetString() != "completed").Select(end => end.GetProperty("error")).ToArray();
        Assert.All(refused, error => Assert.Equal("quota_exceeded", error.GetProperty("code").GetString()));
        Assert.All(refused, error => Assert.Equal(Allowed, error.GetProperty("details").GetProperty("used").GetInt64()));
        foreach (var http in (HttpClient[])[one, other])
        {
            var usage = await UntilAsync(http, "/v1/usage?user=*", usage => usage.GetProperty("total").GetProperty("calls").GetInt64() >= Allowed);
            Assert.Equal(Allowed, usage.GetProperty("total").GetProperty("calls").GetInt64());
        }
    }

    [Fact]
    public async Task Statistics_OfATenant_SumBothSilosAtBothGateways()
    {
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:Statistics:ReportEvery", "00:00:00.500");
        using var one = await HttpAsync(cluster, 0);
        using var other = await HttpAsync(cluster, 1);

        await Task.WhenAll(Enumerable.Range(0, Sessions * 2).Select(i => WriteAsync(i % 2 == 0 ? one : other, $"s{i % Sessions}", i)));

        foreach (var http in (HttpClient[])[one, other])
        {
            var counted = await UntilAsync(http, "/v1/statistics?window=day", report => report.GetProperty("total").GetProperty("calls").GetInt64() >= Sessions * 2);
            Assert.Equal(Sessions * 2, counted.GetProperty("total").GetProperty("completed").GetInt64());
            Assert.Equal("file_write", Assert.Single(counted.GetProperty("tools").EnumerateArray().ToArray()).GetProperty("tool").GetString());
        }

        // One that dies takes nothing along of what was told.
        await cluster.Silos[0].KillAsync();
        var kept = await UntilAsync(other, "/v1/statistics?window=day", static _ => true);
        Assert.Equal(Sessions * 2, kept.GetProperty("total").GetProperty("calls").GetInt64());
    }

    [Fact]
    public async Task Pool_OfATool_TakesItsCallsWhereverTheirSessionsAre()
    {
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:Tools:shell:Pool", "gpu");
        await using var client = await cluster.ConnectAsync(0);
        var early = await client.OpenAsync("early");
        await client.SendAsync(Command.RunTools("early", Ancestors));
        await early.FirstAsync(e => e.Type == "batch.started", "the call is there");

        var pooled = await cluster.StartSiloAsync("--ToolRuntime:Cluster:Pools:0", "gpu");
        await early.IdleAsync(1);
        var records = new List<SessionRecord> { early };
        for (var i = 0; i < 4; i++)
        {
            records.Add(await client.OpenAsync($"s{i}"));
            await client.SendAsync(Command.RunTools($"s{i}", Ancestors));
            await records[^1].IdleAsync(1);
        }

        foreach (var record in records)
        {
            var end = record.Events.Single(e => e.Type == "tool.completed");
            Assert.Contains(pooled.Id.ToString(CultureInfo.InvariantCulture), record.OutputOf(end.ExecutionId!).Split('\n'));
            record.Verify();
        }
    }

    /// <summary>Prints the process and all above it.</summary>
    private static ToolUse Ancestors { get; } = new("shell", new JsonObject
    {
        ["command"] = "p=$$; while [ \"$p\" -gt 1 ]; do echo $p; p=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$p/status); done",
    });

    private static async Task<HttpClient> HttpAsync(TestCluster cluster, int gateway) => new() { BaseAddress = await cluster.Gateways[gateway].Listening, Timeout = Limits.Timeout };

    /// <summary>As clients do, again under the same key after what is worth repeating: so many at once may be more than a cold silo can take.</summary>
    private static async Task<JsonElement> WriteAsync(HttpClient http, string session, int i)
    {
        var call = new JsonObject { ["tool"] = "file_write", ["session"] = session, ["arguments"] = new JsonObject { ["path"] = $"f{i}", ["content"] = "x" } };
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tools/execute") { Content = JsonContent.Create(call), Headers = { { "Idempotency-Key", $"write-{i}" } } };
            using var response = await http.SendAsync(request, limit.Token);
            var end = await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
            if (end.TryGetProperty("state", out _)) return end;
            var error = end.GetProperty("error");
            Assert.True(error.GetProperty("retryable").GetBoolean(), end.GetRawText());
            await Task.Delay(error.GetProperty("retryAfterMs").GetInt32(), limit.Token);
        }
    }

    /// <summary>Asks until an answer is as awaited: silos report what they count a moment later.</summary>
    private static async Task<JsonElement> UntilAsync(HttpClient http, string path, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
            if (response.IsSuccessStatusCode && await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token) is var answer && holds(answer)) return answer;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
