using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Gateway.Tests.Http;
using ToolRuntime.Silo.Telemetry;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>
/// What is sent where a receiver is configured, and that nothing listens where none is. Alone, since activity sources are the process's.
/// </summary>
[Collection("telemetry")]
public sealed class OtlpTests
{
    private const string Metrics = "/v1/metrics", Traces = "/v1/traces", Logs = "/v1/logs";
    private const string Run = """{"tool":"shell","arguments":{"command":"true"}}""";

    [Fact]
    public async Task Export_WithEndpoint_SendsMetricsAndTraces()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await StartAsync(receiver);

        await RunAsync(world);
        await UntilAsync(world, receiver, Traces, "POST /v1/tools/execute");
        await UntilAsync(world, receiver, Traces, "execute_tool");

        string[] measured =
        [
            "toolruntime_command_duration", "toolruntime_tool_executions", "toolruntime_log_write_duration",
            "http.server.request.duration", "dotnet.gc.collections", "orleans-app-requests",
        ];
        Assert.All(measured, name => Assert.True(receiver.Holds(Metrics, name), name));
        Assert.True(receiver.Holds(Traces, "toolruntime.command"));
        Assert.All([Metrics, Traces], path => Assert.True(receiver.Holds(path, "toolruntime")));
        Assert.Equal(["application/x-protobuf"], receiver.Types);
        if (OperatingSystem.IsLinux()) Assert.Contains(Threads(), IsOfTelemetry);
    }

    [Fact]
    public async Task Export_WithEndpoint_SendsLogLinesWithTheirScopes()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await RealWorld.StartAsync(null, null, [.. Settings(receiver), ("/OPENAI_API_KEY", "none"), ("/OPENAI_BASE_URL", "http://127.0.0.1:1/v1")]);
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/sessions/logged-session/messages", """{"text":"hi"}""");
        (await http.SendAsync(request)).EnsureSuccessStatusCode();

        await WireAssert.EventuallyAsync(async () =>
        {
            await Task.Run(() => world.Services.GetRequiredService<LoggerProvider>().ForceFlush());
            return receiver.Holds(Logs, "The model failed for ");
        });

        Assert.All(["Listening on ", "logged-session", "Tenant"], text => Assert.True(receiver.Holds(Logs, text), text));
    }

    [Fact]
    public async Task Export_WithEndpoint_SendsNoProbes()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await StartAsync(receiver);
        using var http = world.Http();
        foreach (var path in (string[])["/healthz", "/readyz", "/metrics", "/v1/tools"]) await http.GetStringAsync(new Uri(path, UriKind.Relative));

        await UntilAsync(world, receiver, Traces, "GET /v1/tools");

        Assert.All(["GET /healthz", "GET /readyz", "GET /metrics"], name => Assert.False(receiver.Holds(Traces, name), name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_OrleansActivities_OnlyWhereItsSettingSaysSo(bool enabled)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var world = await RealWorld.StartAsync(null, null, [.. Settings(receiver), ("/Orleans:EnableDistributedTracing", enabled)]);

        await RunAsync(world);
        await UntilAsync(world, receiver, Traces, "POST /v1/tools/execute");

        Assert.Equal(enabled, receiver.Holds(Traces, "Microsoft.Orleans"));
    }

    [Fact]
    public async Task Start_WithoutEndpoint_NothingListensToActivitiesOrExports()
    {
        await using var world = await RealWorld.StartAsync();

        await RunAsync(world);

        Assert.Null(world.Services.GetService<TracerProvider>());
        Assert.Null(world.Services.GetService<LoggerProvider>());
        Assert.False(TraceContext.Source.HasListeners());
        foreach (var name in (string[])["Microsoft.AspNetCore", "System.Net.Http", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime"])
        {
            using var source = new ActivitySource(name);
            Assert.False(source.HasListeners(), name);
        }

        using var orleans = world.Services.GetRequiredService<IMeterFactory>().Create("Microsoft.Orleans");
        Assert.False(orleans.CreateCounter<int>("sample").Enabled);
        await WireAssert.EventuallyAsync(() => !Threads().Any(IsOfTelemetry)); // those of an earlier test may still end
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", true, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", true, false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", false, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", false, false, true)]
    [InlineData("ToolRuntime:Telemetry:Endpoint", true, true, true)]
    [InlineData("ToolRuntime:Telemetry:Protocol", false, false, false)]
    public async Task AddOtlpExport_Setting_TurnsOnItsSignals(string name, bool metrics, bool traces, bool logs)
    {
        var host = Host.CreateEmptyApplicationBuilder(null);
        host.Configuration[name] = name.EndsWith("Protocol", StringComparison.Ordinal) ? "HttpProtobuf" : "http://127.0.0.1:1";
        host.Services.AddGatewayMetrics();
        host.AddOtlpExport();
        using var built = host.Build();
        await built.StartAsync();

        using var orleans = built.Services.GetRequiredService<IMeterFactory>().Create("Microsoft.Orleans");
        Assert.Equal(metrics, orleans.CreateCounter<int>("sample").Enabled);
        Assert.Equal(traces, built.Services.GetService<TracerProvider>() is not null);
        Assert.Equal(logs, built.Services.GetService<LoggerProvider>() is not null);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ftp://collector")]
    public void AddOtlpExport_NoHttpAddress_IsRefused(string address)
    {
        var host = Host.CreateEmptyApplicationBuilder(null);
        host.Configuration["ToolRuntime:Telemetry:Endpoint"] = address;

        Assert.Contains("ToolRuntime:Telemetry:Endpoint", Assert.Throws<OptionsValidationException>(() => host.AddOtlpExport()).Message, StringComparison.Ordinal);
    }

    /// <summary>A socket's request lasts for hours and is no parent of what is said on it.</summary>
    [Fact]
    public async Task CommandOfASocket_WhileRequestsAreRecorded_BeginsATraceOfItsOwn()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "ToolRuntime" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");

        await client.AskAsync("message.send", "\"session\":\"s1\",\"text\":\"hello\"");

        var command = Assert.Single(ended, activity => Equals(activity.GetTagItem("toolruntime.command"), "message.send"));
        Assert.Equal(default, command.ParentSpanId);
    }

    [Fact]
    public async Task Histograms_OfThisSystem_AdviseTheirBoundaries()
    {
        var histograms = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Note(instrument) };
        listener.Start();
        await using var world = await RealWorld.StartAsync();

        await RunAsync(world);

        Assert.Contains("toolruntime_log_write_duration", histograms.Keys);
        Assert.Contains("toolruntime_tool_duration", histograms.Keys);
        Assert.All(histograms, histogram => Assert.True(histogram.Value, histogram.Key));

        void Note(Instrument instrument)
        {
            if (instrument.Meter.Name != "ToolRuntime" || !instrument.Name.StartsWith("toolruntime_", StringComparison.Ordinal)) return;
            if (instrument is Histogram<double> times) histograms[instrument.Name] = times.Advice?.HistogramBucketBoundaries is { Count: > 0 };
            if (instrument is Histogram<int> counts) histograms[instrument.Name] = counts.Advice?.HistogramBucketBoundaries is { Count: > 0 };
        }
    }

    private static Task<RealWorld> StartAsync(OtlpReceiver receiver) => RealWorld.StartAsync(null, null, Settings(receiver));

    private static (string Name, object Value)[] Settings(OtlpReceiver receiver) => [("Telemetry:Endpoint", receiver.Address), ("Telemetry:Protocol", "HttpProtobuf")];

    private static async Task RunAsync(RealWorld world)
    {
        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/tools/execute", Run);
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends what there is until something has come, since requests and attempts may end after their answer.</summary>
    private static Task UntilAsync(RealWorld world, OtlpReceiver receiver, string path, string name) => WireAssert.EventuallyAsync(async () =>
    {
        await Task.Run(() => world.Services.GetRequiredService<MeterProvider>().ForceFlush());
        await Task.Run(() => Assert.True(world.Services.GetRequiredService<TracerProvider>().ForceFlush()));
        return receiver.Holds(path, name);
    });

    private static bool IsOfTelemetry(string thread) => thread.StartsWith("OpenTelemetry", StringComparison.Ordinal);

    /// <summary>The names of this process's threads, as far as the system keeps them.</summary>
    private static IEnumerable<string> Threads() => OperatingSystem.IsLinux()
        ? Directory.EnumerateDirectories("/proc/self/task").Select(thread => File.ReadAllText(Path.Combine(thread, "comm")))
        : [];
}

[CollectionDefinition("telemetry", DisableParallelization = true)]
public sealed class TelemetryCollection;
