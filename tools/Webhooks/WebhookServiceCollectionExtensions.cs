using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Jobs;
using ToolRuntime.Tools.Web;
using ToolRuntime.Tools.Webhooks;

namespace ToolRuntime.Tools;

/// <summary>Registers what sends webhooks.</summary>
public static class WebhookServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="IWebhookSender"/>. Needs the built-in tools.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="allowedHosts">Hosts that may be told though their addresses are not public.</param>
    public static IServiceCollection AddWebhookSender(this IServiceCollection services, Func<IServiceProvider, IEnumerable<string>> allowedHosts) =>
        services.AddSingleton<IWebhookSender>(provider => new WebhookSender(
            allowedHosts(provider), provider.GetRequiredService<HostResolver>(), provider.GetRequiredService<TimeProvider>()));
}
