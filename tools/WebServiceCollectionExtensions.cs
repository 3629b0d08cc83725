using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;
using ToolRuntime.Tools.Search;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools;

/// <summary>Registers the tools of the web and their providers.</summary>
internal static class WebServiceCollectionExtensions
{
    private const string WrongUrl = "An address of ToolRuntime:Search or ToolRuntime:Web:Firecrawl is no absolute http or https address.";
    private const string WrongKey = "A key of ToolRuntime:Search or ToolRuntime:Web:Firecrawl has characters that no key has; a line's end, perhaps.";

    public static IServiceCollection AddWebTools(this IServiceCollection services, IConfiguration section, IConfiguration? environment)
    {
        services.AddOptions<WebOptions>().Bind(section.GetSection("Web")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<FirecrawlOptions>()
            .Configure(options =>
            {
                options.ApiKey = environment?["FIRECRAWL_API_KEY"];
                options.BaseUrl = UrlOf(environment, "FIRECRAWL_BASE_URL");
                if (TimeOf(environment, "SCRAPE_TIMEOUT_MS") is { } timeout) options.Timeout = timeout;
            })
            .Bind(section.GetSection("Web:Firecrawl"))
            .PostConfigure(options => options.ApiKey = KeyOf(options.ApiKey))
            .ValidateDataAnnotations()
            .Validate(options => ProviderUrl.IsUsable(options.BaseUrl), WrongUrl)
            .Validate(options => ProviderUrl.IsUsableKey(options.ApiKey), WrongKey)
            .ValidateOnStart();
        services.AddOptions<SearchOptions>()
            .Configure(options =>
            {
                options.TavilyApiKey = environment?["TAVILY_API_KEY"];
                if (UrlOf(environment, "TAVILY_BASE_URL") is { } tavily) options.TavilyUrl = tavily;
                options.SearXngUrl = UrlOf(environment, "SEARXNG_BASE_URL");
                if (TimeOf(environment, "WEB_SEARCH_TIMEOUT_MS") is { } timeout) (options.Timeout, options.DeepTimeout) = (timeout, timeout);
            })
            .Bind(section.GetSection("Search"))
            .PostConfigure(options => options.TavilyApiKey = KeyOf(options.TavilyApiKey))
            .ValidateDataAnnotations()
            .Validate(options => ProviderUrl.IsUsable(options.TavilyUrl) && ProviderUrl.IsUsable(options.SearXngUrl), WrongUrl)
            .Validate(options => ProviderUrl.IsUsableKey(options.TavilyApiKey), WrongKey)
            .ValidateOnStart();
        services.AddSingleton(provider => new SecretValues(
            [.. new[] { provider.GetRequiredService<IOptions<SearchOptions>>().Value.TavilyApiKey, provider.GetRequiredService<IOptions<FirecrawlOptions>>().Value.ApiKey }.OfType<string>()]));
        services.TryAddSingleton<HostResolver>(Dns.GetHostAddressesAsync);
        services.AddSingleton<ProviderHttp>().AddSingleton<WebConnector>().AddSingleton<WebFetcher>();
        services.AddSingleton<OwnPages>().AddSingleton<FirecrawlPages>().AddSingleton<PageScraper>();
        services.AddSingleton<TavilySearch>().AddSingleton<SearXngSearch>().AddSingleton<PageExtracts>();
        return services.AddSingleton<ITool, WebScrapeTool>().AddSingleton<ITool, WebSearchTool>();
    }

    private static string? KeyOf(string? key) => string.IsNullOrWhiteSpace(key) ? null : key.Trim();

    private static Uri? UrlOf(IConfiguration? environment, string name) => environment?[name] is { Length: > 0 } url ? new(url, UriKind.RelativeOrAbsolute) : null;

    private static TimeSpan? TimeOf(IConfiguration? environment, string name)
    {
        if (environment?[name] is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new OptionsValidationException(name, typeof(int), [$"{name} must be a number of milliseconds, not '{text}'."]);
    }
}
