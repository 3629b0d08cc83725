using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Metrics;

namespace ToolRuntime.Gateway.Tests.Metrics;

public sealed class MetricCollectionTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollection collection;
    private readonly Meter meter;

    public MetricCollectionTests()
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        (collection, meter) = (new(factory), factory.Create("ToolRuntime"));
    }

    public void Dispose()
    {
        collection.Dispose();
        services.Dispose();
    }

    /// <summary>The committed sample is what prom's parser for JavaScript was given; see tests/oracles/prometheus.</summary>
    [Fact]
    public async Task Write_AllKindsOfInstruments_IsTheSampleThatTheOracleRead()
    {
        RecordSample();

        var expected = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Metrics", "sample.txt"));

        Assert.Equal(expected, Sample());
        Exposition.Parse(expected);
    }

    [Fact]
    public async Task Oracle_GivenTheSample_ReadsWhatWasRecorded()
    {
        using var read = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Metrics", "sample.json")));
        var families = read.RootElement.EnumerateArray().ToDictionary(family => family.GetProperty("name").GetString()!);

        Assert.Equal("COUNTER", families["sample_plain_total"].GetProperty("type").GetString());
        Assert.Equal("3.5", families["sample_plain_total"].GetProperty("metrics")[0].GetProperty("value").GetString());
        Assert.Equal("C:\\temp \"x\"\nline {2},é", families["sample_labelled_bytes_total"].GetProperty("metrics")[0].GetProperty("labels").GetProperty("path").GetString());
        Assert.Equal("A backslash \\ and a break\nof line.", families["sample_labelled_bytes_total"].GetProperty("help").GetString());
        Assert.Equal("-2", families["sample_open"].GetProperty("metrics")[0].GetProperty("value").GetString());
        var histogram = families["sample_wait_seconds"];
        Assert.Equal("HISTOGRAM", histogram.GetProperty("type").GetString());
        Assert.Equal(("4", "30.75"), (histogram.GetProperty("metrics")[0].GetProperty("count").GetString(), histogram.GetProperty("metrics")[0].GetProperty("sum").GetString()));
        var buckets = histogram.GetProperty("metrics")[0].GetProperty("buckets");
        Assert.Equal(["1", "2", "3", "4"], new[] { "0.25", "0.5", "1", "+Inf" }.Select(le => buckets.GetProperty(le).GetString()));
        Assert.Equal("7", families["sample_observed"].GetProperty("metrics")[0].GetProperty("value").GetString());
    }

    [Fact]
    public void Record_TagsInAnyOrder_IsOneSeries()
    {
        var counter = meter.CreateCounter<long>("sample_order");
        KeyValuePair<string, object?> some = new("a", 1), other = new("b", true);

        counter.Add(1, some, other);
        counter.Add(1, other, some);
        counter.Add(1, new KeyValuePair<string, object?>("a", 1), new KeyValuePair<string, object?>("b", true));

        Assert.Equal(3, Exposition.Parse(Sample()).Value("sample_order_total", "a=\"1\",b=\"true\""));
    }

    [Fact]
    public void Record_TooManyLabels_SumsTheRestInOneSeries()
    {
        var counter = meter.CreateCounter<long>("sample_many");

        for (var i = 0; i < 1_000; i++) counter.Add(1, new KeyValuePair<string, object?>("value", i));

        var read = Exposition.Parse(Sample());
        Assert.Equal(MetricFamily.MaxSeries + 1, read.Samples.Count);
        Assert.Equal(1_000 - MetricFamily.MaxSeries, read.Value("sample_many_total", "overflow=\"true\""));
    }

    [Fact]
    public void Write_ObservedSeriesThatIsGone_LeavesItOut()
    {
        var seen = new List<string> { "a", "b" };
        meter.CreateObservableGauge("sample_here", () => seen.Select(name => new Measurement<int>(1, new KeyValuePair<string, object?>("name", name))));
        Assert.Equal(2, Exposition.Parse(Sample()).Samples.Count);

        seen.Remove("a");

        Assert.Equal(("sample_here", "name=\"b\""), Assert.Single(Exposition.Parse(Sample()).Samples).Key);
    }

    [Fact]
    public void Write_MeterOfAnotherHost_LeavesItOut()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var shared = new Meter("ToolRuntime");
        other.GetRequiredService<IMeterFactory>().Create("ToolRuntime").CreateCounter<int>("sample_other").Add(1);
        meter.CreateCounter<int>("sample_mine").Add(1);
        shared.CreateCounter<int>("sample_shared").Add(1);

        Assert.Equal(["sample_mine_total", "sample_shared_total"], Exposition.Parse(Sample()).Kinds.Keys.Order());
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        var counter = meter.CreateCounter<long>("sample_busy");
        var histogram = meter.CreateHistogram<double>("sample_busy_wait", "s");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("name", i % 7));
                histogram.Record(0.25);
            }
        })));

        var read = Exposition.Parse(Sample());
        Assert.Equal(40_000, read.Samples.Where(sample => sample.Key.Name == "sample_busy_total").Sum(sample => sample.Value));
        Assert.Equal(10_000, read.Value("sample_busy_wait_seconds_sum"));
    }

    private void RecordSample()
    {
        var plain = meter.CreateCounter<double>("sample_plain");
        plain.Add(1.25);
        plain.Add(2.25);
        meter.CreateCounter<long>("sample.labelled", "By", "A backslash \\ and a break\nof line.").Add(5, new("path", "C:\\temp \"x\"\nline {2},é"), new("code", 404));
        meter.CreateUpDownCounter<int>("sample-open").Add(-2);
        var wait = meter.CreateHistogram<double>("sample_wait", "s", "How long.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.25, 0.5, 1] });
        foreach (var seconds in (double[])[0.125, 0.5, 0.625, 29.5]) wait.Record(seconds);
        meter.CreateHistogram<int>("sample_sizes", "By").Record(100, new KeyValuePair<string, object?>("kind", "a"));
        meter.CreateObservableGauge("sample_observed", () => 7);
        meter.CreateObservableCounter("sample_observed_count", () => 1e21);
        meter.CreateGauge<double>("sample_infinite").Record(double.PositiveInfinity);
    }

    /// <summary>What is exported of this test's instruments; the process's own are other tests' business.</summary>
    private string Sample() => string.Concat(collection.Write().Split('\n').Where(line => line.Contains(" sample_", StringComparison.Ordinal) || line.StartsWith("sample_", StringComparison.Ordinal)).Select(line => line + "\n"));
}
