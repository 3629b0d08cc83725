using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Tools.Providers;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Search;

/// <summary>Reads the pages of the first results, all at a time, the way <c>web_scrape</c> does. That one can't be had is no failure of the search.</summary>
internal sealed class PageExtracts(IOptions<SearchOptions> options, PageScraper pages, TimeProvider time)
{
    public async Task ReadAsync(SearchResults results, int count, IToolContext context, CancellationToken cancellationToken)
    {
        count = Math.Min(count, results.Hits.Count);
        if (count == 0) return;
        await context.ReportProgressAsync("extracting", 0, cancellationToken: cancellationToken);
        using var over = new CancellationTokenSource(options.Value.ExtractTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        var (quiet, read) = (new QuietContext(context), 0);
        await Task.WhenAll(Enumerable.Range(1, count).Select(ReadOneAsync));

        async Task ReadOneAsync(int rank)
        {
            var extract = await ExtractAsync(results.Hits[rank - 1].Url, quiet, stop.Token, cancellationToken);
            await results.AddAsync(rank, extract, cancellationToken);
            await context.ReportProgressAsync("extracting", 100d * Interlocked.Increment(ref read) / count, cancellationToken: cancellationToken);
        }
    }

    private async Task<PageExtract> ExtractAsync(Uri url, IToolContext context, CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            var page = await pages.ReadAsync(url, markdown: true, context, stop);
            var text = page.Read.Text;
            return new(VisibleText.Cut(text, options.Value.MaxExtractCharacters), page.Truncated || text.Length > options.Value.MaxExtractCharacters, null);
        }
        catch (WebException e)
        {
            return new(null, false, e.Message);
        }
        catch (ProviderException e)
        {
            return new(null, false, e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(null, false, "The page took too long.");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return new(null, false, "The page's server can't be reached.");
        }
    }

    /// <summary>The attempt's context for one of several pages: its steps are not the attempt's.</summary>
    private sealed class QuietContext(IToolContext inner) : IToolContext
    {
        public SessionKey Session => inner.Session;

        public string ExecutionId => inner.ExecutionId;

        public string BatchId => inner.BatchId;

        public int Attempt => inner.Attempt;

        public DateTimeOffset Deadline => inner.Deadline;

        public string Workspace => inner.Workspace;

        public ToolCounters Counters => inner.Counters;

        public ValueTask ReportProgressAsync(string stage, double? percent = null, string? message = null, JsonText? details = null, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;

        public ValueTask WriteOutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
            inner.WriteOutputAsync(stream, bytes, cancellationToken);

        public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => inner.CheckpointAsync(cancellationToken);

        public IDisposable OnSuspend(Action<bool> changed) => inner.OnSuspend(changed);

        public ValueTask<ReadOnlyMemory<byte>> ReadInputAsync(CancellationToken cancellationToken = default) => inner.ReadInputAsync(cancellationToken);
    }
}
