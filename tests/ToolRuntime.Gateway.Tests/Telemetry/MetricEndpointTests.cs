using System.Globalization;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Telemetry;

public sealed class MetricEndpointTests
{
    private const string Command = "toolruntime_command_duration_seconds_count";

    [Fact]
    public async Task Get_Metrics_IsPrometheusText()
    {
        await using var world = await World.StartAsync();
        using var http = world.Http();

        var response = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        var read = Exposition.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("gauge", read.Kinds["toolruntime_connections"]);
        Assert.Equal("gauge", read.Kinds["dotnet_process_memory_working_set_bytes"]);
        Assert.Equal("counter", read.Kinds["dotnet_gc_collections_total"]);
        Assert.Equal("counter", read.Kinds["dotnet_thread_pool_work_item_count_total"]);
    }

    /// <summary>Dashboards know these names, labels and boundaries.</summary>
    [Fact]
    public async Task Get_MetricsAfterAnExecution_HasTheNamesThatDashboardsKnow()
    {
        await using var world = await RealWorld.StartAsync();
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/tools/execute", """{"tool":"shell","arguments":{"command":"true"}}""");
        (await http.SendAsync(request)).EnsureSuccessStatusCode();
        Assert.Throws<FormatException>(() => int.Parse("so that there is an exception to count", CultureInfo.InvariantCulture));

        Exposition read = null!;
        const string Executions = "toolruntime_tool_executions_total";
        await WireAssert.EventuallyAsync(async () =>
        {
            read = Exposition.Parse(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
            return read.Samples.ContainsKey((Executions, "outcome=\"completed\",tool=\"shell\""));
        });

        var names = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Telemetry", "names.txt"));
        Assert.Equal([], names.Except(read.Kinds.Select(kind => $"{kind.Key} {kind.Value}")));
        Assert.Contains((Command, "outcome=\"ok\",transport=\"http\",type=\"tools.run\""), read.Samples.Keys);
        Assert.Equal(
            ["0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "300", "+Inf"],
            Boundaries("toolruntime_tool_duration_seconds", "tool=\"shell\","));
        Assert.Equal(["1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000", "5000", "10000", "+Inf"], Boundaries("toolruntime_log_group_writes", ""));

        IEnumerable<string> Boundaries(string histogram, string labels) => read.Samples.Keys
            .Where(sample => sample.Name == histogram + "_bucket" && sample.Labels.StartsWith(labels + "le=", StringComparison.Ordinal))
            .Select(sample => sample.Labels[(labels.Length + 4)..^1]);
    }

    [Fact]
    public async Task Get_MetricsAfterCommandsOfASocket_CountsThem()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("secret-name");
        await client.AskAsync("message.send", "\"session\":\"secret-name\",\"text\":\"hello\"");
        await client.NextAsync("events");
        await client.AskAsync("made.up", "\"session\":\"secret-name\"");

        await UntilAsync(world, "toolruntime_events_sent_total", "transport=\"websocket\"", 1);
        var read = await ReadAsync(world);

        Assert.Equal(1, read.Value("toolruntime_connections"));
        Assert.Equal(1, read.Value("toolruntime_open_sessions"));
        Assert.Equal(1, read.Value("toolruntime_session_readers"));
        Assert.Equal(0, read.Value("toolruntime_lagging_readers"));
        Assert.Equal(1, read.Value("toolruntime_ring_events"));
        Assert.Equal(1, read.Value(Command, "outcome=\"ok\",transport=\"websocket\",type=\"message.send\""));
        Assert.Equal(1, read.Value(Command, "outcome=\"ok\",transport=\"websocket\",type=\"session.open\""));
        Assert.Equal(1, read.Value(Command, "outcome=\"invalid_command\",transport=\"websocket\",type=\"unknown\""));
        Assert.True(read.Value("toolruntime_sent_bytes_total", "transport=\"websocket\"") > 100);
        Assert.DoesNotContain(read.Samples.Keys, sample => sample.Labels.Contains("secret-name", StringComparison.Ordinal) || sample.Labels.Contains("made.up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_MetricsAfterASocketHasClosed_CountsItsEnd()
    {
        await using var world = await World.StartAsync();
        await using (var client = await WireClient.ConnectAsync(world))
        {
            await client.SendAsync("x", System.Net.WebSockets.WebSocketMessageType.Binary);
            Assert.Equal(4500, await client.Closed);
        }

        await UntilAsync(world, "toolruntime_connections_closed_total", "code=\"4500\"", 1);
        Assert.Equal(0, (await ReadAsync(world)).Value("toolruntime_connections"));
    }

    [Fact]
    public async Task Get_MetricsAfterAnEventStream_CountsItsEvents()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        using (var stream = await EventStreamClient.GetAsync(world, "/v1/sessions/s1/events?after=start"))
        {
            for (var i = 0; i < 3; i++) await stream.NextAsync();
        }

        await UntilAsync(world, "toolruntime_events_sent_total", "transport=\"sse\"", 3);

        Assert.True((await ReadAsync(world)).Value("toolruntime_sent_bytes_total", "transport=\"sse\"") > 200);
    }

    /// <summary>Waits for a figure that is counted after the client has got what is counted.</summary>
    private static async Task UntilAsync(World world, string name, string labels, double value)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!(await ReadAsync(world)).Samples.GetValueOrDefault((name, labels)).Equals(value)) Assert.True(TimeProvider.System.GetElapsedTime(began) < World.Patience, $"{name} stays below {value}.");
    }

    private static async Task<Exposition> ReadAsync(World world)
    {
        using var http = world.Http();
        return Exposition.Parse(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
    }
}
