using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// Gets pages from Firecrawl where it is configured, and itself where that fails for a reason that may pass. What is not public is never named to Firecrawl: allowed hosts are got by
/// ourselves, and the others are refused as they would be without it.
/// </summary>
internal sealed class PageScraper(IOptions<FirecrawlOptions> options, FirecrawlPages firecrawl, OwnPages own, WebConnector connector, TimeProvider time) : IPageProvider
{
    private readonly ProviderCircuit circuit = new(time);

    public async Task<ScrapedPage> ReadAsync(Uri url, bool markdown, IToolContext context, CancellationToken cancellationToken)
    {
        if (!options.Value.IsUsable || connector.IsAllowed(url)) return await own.ReadAsync(url, markdown, context, cancellationToken);
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
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            throw WebException.HostNotFound(url, e);
        }
    }
}
