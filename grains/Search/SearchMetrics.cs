using System.Diagnostics.Metrics;
using ToolRuntime.Tracing;

namespace ToolRuntime.Search;

/// <summary>What is measured of indexing.</summary>
internal static class SearchMetrics
{
    private static readonly Meter Meter = new("ToolRuntime");
    private static readonly Counter<long> Documents = Meter.CreateCounter<long>("toolruntime_search_documents", description: "Texts written to the search index.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("toolruntime_search_failures", description: "Times that indexing failed; it is tried again.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "toolruntime_search_write_duration", "s", "Time that writing a batch to the search index took.", advice: HistogramBuckets.Seconds);

    public static void Written(int documents, TimeSpan took)
    {
        Documents.Add(documents);
        Duration.Record(took.TotalSeconds);
    }

    public static void Failed() => Failures.Add(1);
}
