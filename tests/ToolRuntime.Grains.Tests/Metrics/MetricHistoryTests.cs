using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ToolRuntime.Metrics;

namespace ToolRuntime.Grains.Tests.Metrics;

public sealed class MetricHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Begin);
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter meter;
    private readonly MetricHistory history;

    public MetricHistoryTests()
    {
        meter = Meters(services).Create("ToolRuntime");
        history = new(Meters(services), Options.Create(new MetricHistoryOptions { KeepHours = 1 }), time);
        _ = history.StartAsync(default);
    }

    public void Dispose()
    {
        history.Dispose();
        services.Dispose();
    }

    [Fact]
    public void Sample_CounterWithLabels_IsTheRateOfAllAndOfTheFailed()
    {
        var ended = meter.CreateCounter<long>("toolruntime_tool_executions");
        ended.Add(30, new KeyValuePair<string, object?>("outcome", "completed"));
        ended.Add(10, new KeyValuePair<string, object?>("outcome", "failed"));
        time.Advance(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([4, 0], Read("executions.ended", 2));
        Assert.Equal([1, 0], Read("executions.failed", 2));
    }

    [Fact]
    public void Sample_TwiceAtTheEndOfAStep_LosesNothing()
    {
        var ended = meter.CreateCounter<long>("toolruntime_tool_executions");
        ended.Add(40);
        time.Advance(TimeSpan.FromSeconds(10));
        ended.Add(20);
        history.Sample();
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([4, 2], Read("executions.ended", 2));
    }

    [Fact]
    public void Sample_Levels_AreSummedOverLabelsAndStay()
    {
        var running = meter.CreateUpDownCounter<long>("toolruntime_tool_running");
        var connections = 3;
        meter.CreateObservableUpDownCounter("toolruntime_connections", () => connections);
        running.Add(2, new KeyValuePair<string, object?>("tool", "a"));
        running.Add(1, new KeyValuePair<string, object?>("tool", "b"));
        time.Advance(TimeSpan.FromSeconds(10));
        running.Add(-1, new KeyValuePair<string, object?>("tool", "a"));
        connections = 5;
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([3, 2], Read("executions.running", 2));
        Assert.Equal([3, 5], Read("connections", 2));
    }

    [Fact]
    public void Sample_CumulativeCounter_IsItsGrowth()
    {
        var spent = 100d;
        meter.CreateObservableCounter("dotnet.process.cpu.time", () => new Measurement<double>[] { new(spent, new KeyValuePair<string, object?>("mode", "user")), new(1) });
        time.Advance(TimeSpan.FromSeconds(10));
        spent = 105;
        time.Advance(TimeSpan.FromSeconds(10));

        // The time that the tests take is there, too.
        var read = Read("process.cpu", 2);
        Assert.Equal(float.NaN, read[0]);
        Assert.InRange(read[1], 0.5, 5);
    }

    [Fact]
    public void Sample_Histogram_HasItsPercentilesWithinTenPerCentAndNothingWhereNothingWas()
    {
        var append = meter.CreateHistogram<double>("toolruntime_queue_wait");
        for (var i = 1; i <= 100; i++) append.Record(i / 1_000d);
        time.Advance(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(10));

        var (p50, p99) = (Read("queue.wait.p50", 2), Read("queue.wait.p99", 2));
        Assert.InRange(p50[0], 0.045, 0.055);
        Assert.InRange(p99[0], 0.089, 0.109);
        Assert.Equal([float.NaN, float.NaN], [p50[1], p99[1]]);
    }

    [Fact]
    public void Read_CoarserSteps_AreTheMeanAndOfPercentilesTheWorst()
    {
        var append = meter.CreateHistogram<double>("toolruntime_queue_wait");
        var events = meter.CreateCounter<int>("toolruntime_events_sent");
        foreach (var (took, count) in (ReadOnlySpan<(double, int)>)[(0.001, 10), (1, 30)])
        {
            append.Record(took);
            events.Add(count);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.InRange(Read("queue.wait.p99", 1, 20)[0], 0.9, 1.1);
        Assert.Equal([2], Read("delivery.events", 1, 20));
    }

    [Fact]
    public void Read_BeyondWhatIsKept_KnowsNothing()
    {
        meter.CreateObservableUpDownCounter("toolruntime_connections", () => 7);
        for (var i = 0; i < 361; i++) time.Advance(TimeSpan.FromSeconds(10));

        var read = Read("connections", 361);
        Assert.Equal(float.NaN, read[0]);
        Assert.All(read[1..], value => Assert.Equal(7, value));
    }

    [Fact]
    public void Sample_MeterOfAnotherHost_DoesNotCount()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Meters(others).Create("ToolRuntime").CreateObservableUpDownCounter("toolruntime_connections", () => 7);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([float.NaN], Read("connections", 1));
    }

    [Fact]
    public void Record_Measurements_AllocatesNothing()
    {
        var append = meter.CreateHistogram<double>("toolruntime_queue_wait");
        var ended = meter.CreateCounter<long>("toolruntime_tool_executions");
        var outcome = new KeyValuePair<string, object?>("outcome", "completed");
        Measure(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(10_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                append.Record(0.01);
                ended.Add(1, outcome);
            }
        }
    }

    private static IMeterFactory Meters(IServiceProvider provider) => provider.GetRequiredService<IMeterFactory>();

    private float[] Read(string name, int steps, int seconds = 10) => history.Read(new([name], Begin.ToUnixTimeSeconds(), steps, seconds), "here").Values[0];
}
