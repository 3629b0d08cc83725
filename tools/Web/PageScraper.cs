using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// Gets pages from Firecrawl where it is configured, and itself where that fails for a reason that may pass. The service outside never hears of hosts that are not public: those that are
/// allowed we get ourselves, and others are refused as they would be without it. A server of one's own is asked for the allowed ones too.
/// </summary>
internal sealed class PageScraper(IOptions<FirecrawlOptions> options, FirecrawlPages firecrawl, OwnPages own, WebConnector connector, TimeProvider time) : IPageProvider
{
    private static readonly string[] InnerNames = [".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".svc"];

    private readonly ProviderCircuit circuit = new(time);

    public async Task<ScrapedPage> ReadAsync(Uri url, bool markdown, IToolContext context, CancellationToken cancellationToken)
    {
        if (!options.Value.IsUsable || (options.Value.BaseUrl is null && connector.IsAllowed(url))) return await own.ReadAsync(url, markdown, context, cancellationToken);
        await CheckPublicAsync(url, cancellationToken);

        var fallback = "Firecrawl failed so often of late that it was not asked.";
        if (circuit.MayAsk())
        {
            try
            {
                var page = await firecrawl.ReadAsync(url, markdown, context, cancellationToken);
                circuit.Answered();
                return page;
            }
            catch (ProviderException e) when (e.Error.Retryable)
            {
                circuit.Failed();
                fallback = e.Error.Message;
            }
        }

        await context.ReportProgressAsync("falling_back", message: fallback, cancellationToken: cancellationToken);
        return await own.ReadAsync(url, markdown, context, cancellationToken) with { Fallback = fallback };
    }

    private async Task CheckPublicAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            await connector.ResolveAsync(url.Host, url.Port, cancellationToken);
        }
        catch (AddressDeniedException denied)
        {
            throw WebException.AddressDenied(denied, denied);
        }
        catch (SocketException e) when (IsInner(url.Host))
        {
            throw WebException.HostNotFound(url, e);
        }
        catch (SocketException)
        {
            // A name of the internet that we can't look up here: Firecrawl may.
        }
    }

    /// <summary>Whether a name is one that only an inner network gives.</summary>
    private static bool IsInner(string host) => !host.TrimEnd('.').Contains('.') || InnerNames.Any(name => host.TrimEnd('.').EndsWith(name, StringComparison.OrdinalIgnoreCase));
}
