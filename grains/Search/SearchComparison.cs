using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Search;

/// <summary>Which sessions are this process's to index; all, where there is one process.</summary>
internal sealed record SearchShare(Func<SessionKey, bool> Owns);

/// <summary>Compares the index with the log: what was appended while nobody listened comes in, and sessions that are not there any more go.</summary>
internal sealed class SearchComparison(ISessionLog log, ISearchIndex index, SearchNews news, SearchShare share, IOptions<SessionSearchOptions> options, TimeProvider time)
{
    private const int AtATime = 500;

    private long? ranAt;

    public TimeSpan UntilDue => ranAt is { } at && options.Value.CompareEvery - time.GetElapsedTime(at) is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    public void RunIfDue(CancellationToken cancellationToken)
    {
        if (UntilDue > TimeSpan.Zero) return;
        RunAsync(cancellationToken).GetAwaiter().GetResult();
        ranAt = time.GetTimestamp();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // The index first: what is written to it meanwhile is of sessions that are listed after that.
        var known = await KnownAsync(cancellationToken).ConfigureAwait(false);
        var idle = await log.ListIdleAsync("", time.GetUtcNow() + TimeSpan.FromDays(1), int.MaxValue, cancellationToken).ConfigureAwait(false);
        var open = await log.ListOpenWorkAsync(cancellationToken).ConfigureAwait(false);
        foreach (var some in idle.Union(open).Union(known.Keys).Where(share.Owns).Chunk(AtATime))
        {
            var heads = await log.GetHeadsAsync([.. some], cancellationToken).ConfigureAwait(false);
            foreach (var session in some)
            {
                var place = known.GetValueOrDefault(session, SearchPlace.None);
                if (heads.TryGetValue(session, out var head))
                {
                    if (place.Epoch != head.Epoch || place.Seq != head.Seq) news.Tell(session);
                }
                else if (place.Version > 0)
                {
                    await index.ForgetAsync(session, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<Dictionary<SessionKey, SearchPlace>> KnownAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<SessionKey, SearchPlace>();
        for (SessionKey? after = null; ;)
        {
            var page = await index.ListAsync(after, AtATime, cancellationToken).ConfigureAwait(false);
            foreach (var (session, place) in page) known[session] = place;
            if (page.Length < AtATime) return known;
            after = page[^1].Session;
        }
    }
}
