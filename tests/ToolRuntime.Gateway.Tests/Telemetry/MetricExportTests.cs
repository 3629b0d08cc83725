using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Silo.Telemetry;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>What <c>/metrics</c> makes of instruments of every kind.</summary>
public sealed class MetricExportTests : IAsyncLifetime
{
    private WebApplication app = null!;
    private Meter meter = null!;

    public async Task InitializeAsync()
    {
        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        web.Services.AddGatewayMetrics();
        app = web.Build();
        app.MapMetrics();
        await app.StartAsync();
        meter = app.Services.GetRequiredService<IMeterFactory>().Create("ToolRuntime");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    /// <summary>The committed sample is what prom's parser for JavaScript was given; see tests/oracles/prometheus.</summary>
    [Fact]
    public async Task Get_AllKindsOfInstruments_IsTheSampleThatTheOracleRead()
    {
        RecordSample();
        var expected = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Telemetry", "sample.txt"));

        Assert.Equal(expected, await SampleAsync());
        Exposition.Parse(expected);
    }

    [Fact]
    public async Task Oracle_GivenTheSample_ReadsWhatWasRecorded()
    {
        using var read = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Telemetry", "sample.json")));
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
    public async Task Record_TagsInAnyOrder_IsOneSeries()
    {
        var counter = meter.CreateCounter<long>("sample_order");
        KeyValuePair<string, object?> some = new("a", 1), other = new("b", "x");

        counter.Add(1, some, other);
        counter.Add(1, other, some);

        Assert.Equal(2, Exposition.Parse(await SampleAsync()).Value("sample_order_total", "a=\"1\",b=\"x\""));
    }

    [Theory]
    [InlineData("counter")]
    [InlineData("histogram")]
    [InlineData("gauge")]
    public async Task Record_TooManyLabels_SumsTheRestInOneSeries(string kind)
    {
        const int Labels = 1_000;
        var values = Enumerable.Range(0, Labels).Select(i => new KeyValuePair<string, object?>("value", i)).ToList();

        if (kind == "counter") values.ForEach(label => meter.CreateCounter<long>("sample_many").Add(1, label));
        if (kind == "histogram") values.ForEach(label => meter.CreateHistogram<int>("sample_many").Record(1, label));
        if (kind == "gauge") meter.CreateObservableUpDownCounter("sample_many", () => values.Select(label => new Measurement<int>(1, label)));

        var read = Exposition.Parse(await SampleAsync());
        var name = kind switch { "counter" => "sample_many_total", "histogram" => "sample_many_count", _ => "sample_many" };
        Assert.Equal(MetricsExport.MaxSeries + 1, read.Samples.Keys.Count(sample => sample.Name == name));
        Assert.Equal(Labels - MetricsExport.MaxSeries, read.Value(name, "otel_metric_overflow=\"true\""));
    }

    [Fact]
    public async Task Get_ObservedSeriesThatIsGone_LeavesItOut()
    {
        var seen = new List<string> { "a", "b" };
        meter.CreateObservableGauge("sample_here", () => seen.Select(name => new Measurement<int>(1, new KeyValuePair<string, object?>("name", name))));
        Assert.Equal(2, Exposition.Parse(await SampleAsync()).Samples.Count);

        seen.Remove("a");

        Assert.Equal(("sample_here", "name=\"b\""), Assert.Single(Exposition.Parse(await SampleAsync()).Samples).Key);
    }

    [Fact]
    public async Task Get_MeterOfAnotherHost_LeavesItOut()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var shared = new Meter("ToolRuntime");
        other.GetRequiredService<IMeterFactory>().Create("ToolRuntime").CreateCounter<int>("sample_other").Add(1);
        meter.CreateCounter<int>("sample_mine").Add(1);
        shared.CreateCounter<int>("sample_shared").Add(1);

        Assert.Equal(["sample_mine_total", "sample_shared_total"], Exposition.Parse(await SampleAsync()).Kinds.Keys.Order());
    }

    [Fact]
    public async Task Get_CountsFromBeforeTheFirstScrape_HoldsThem()
    {
        var counter = meter.CreateCounter<long>("sample_early");

        counter.Add(41);
        counter.Add(1);

        Assert.Equal(42, Exposition.Parse(await SampleAsync()).Value("sample_early_total"));
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

        var read = Exposition.Parse(await SampleAsync());
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
    private async Task<string> SampleAsync()
    {
        using var http = new HttpClient { BaseAddress = new(app.Urls.First()), Timeout = World.Patience };
        var lines = (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n');
        var ours = lines.Where(line => line.Contains(" sample_", StringComparison.Ordinal) || line.StartsWith("sample_", StringComparison.Ordinal));
        return string.Concat(ours.Select(line => line + "\n"));
    }
}
