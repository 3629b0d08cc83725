using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Live;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Gateway.Watching;
using ToolRuntime.Processes.History;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>Puts the gateway together. It needs an <c>ISessionLog</c> and an <c>IClusterClient</c> from whoever hosts it.</summary>
internal static class GatewayExtensions
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StoreHealth>();
        services.TryAddSingleton(new GatewayPeers(inCluster: false));
        AddOptions<ConnectionOptions>(services, ConnectionOptions.Section).Validate(options => options.SilenceMs > options.HeartbeatMs && options.MaxReadBytes >= options.MaxCommandBytes, "SilenceMs must exceed HeartbeatMs, and MaxReadBytes must not be below MaxCommandBytes.");
        AddOptions<FeedOptions>(services, FeedOptions.Section);
        AddOptions<CommandOptions>(services, CommandOptions.Section);
        AddOptions<HttpOptions>(services, HttpOptions.Section);
        AddOptions<WatchOptions>(services, WatchOptions.Section);
        AddOptions<ProcessFeedOptions>(services, ProcessFeedOptions.Section);
        services.AddProcessHistoryOptions();
        services.AddSingleton<SessionReaders>().AddSingleton<ProcessSilos>().AddSingleton<ProcessFeeds>();
        AddOptions<RecordingOptions>(services, RecordingOptions.Section);
        AddOptions<LiveOptions>(services, LiveOptions.Section);
        AddOptions<ShareOptions>(services, ShareOptions.Section).Validate(
            shares => shares.Shapes.All(shape => Validator.TryValidateObject(shape, new(shape), null, validateAllProperties: true)), "A shape of ToolRuntime:Shares:Shapes is none.");
        services.AddSharing();
        services.AddSingleton<NoticeBoards>().AddHostedService(provider => provider.GetRequiredService<NoticeBoards>()).AddSingleton<NoticeReaders>().AddSingleton<NoticeCalls>();
        services.AddSingleton<TenantFeeds>().AddSingleton<WatchSnapshots>().AddSingleton<WatchHandler>().AddHostedService<FeedComparison>().AddSingleton<UnboundCommands>();
        services.AddOptions<LogOptions>().Configure<IConfiguration>((logs, settings) => logs.Wire = settings.GetValue("EXTRA_LOGGING", logs.Wire));
        AddOptions<LogOptions>(services, LogOptions.Section);
        services.AddAccess().AddSingleton<FaultGuard>();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ConnectionOptions>>().Value);
        services.AddSingleton<ConnectionMeasures>().AddSingleton<ConnectionServices>().AddSingleton<ConnectionRegistry>().AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<CommandRetry>().AddSingleton<SessionCalls>().AddSingleton<CommandDispatcher>().AddSingleton<TokenRefresh>().AddSingleton<SessionHandler>();
        services.AddSingleton<SessionTails>().AddSingleton<SessionFeeds>().AddSingleton<SessionOpener>().AddHostedService<HeadWatch>();
        services.AddGatewayMetrics();
        services.AddSingleton<ConnectionMetrics>().AddSingleton<CommandMetrics>().AddSingleton<FeedMetrics>().AddSingleton<DeliveryMetrics>();
        services.AddSecretRedaction().AddSingleton<WireLog>().AddSingleton<WireRequests>();
        services.AddApi();
        services.AddHostedService<StartupBanner>();
        services.AddSingleton<GatewayDrain>();
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<GatewayDrain>()));
        return services;
    }

    public static void MapGateway(this WebApplication app)
    {
        app.UseWebSockets();
        app.UseMiddleware<FaultGuard>();
        app.UseMiddleware<CrossOrigin>();
        app.UseMiddleware<AccessGuard>();
        if (app.Services.GetRequiredService<WireLog>().IsOn) app.UseMiddleware<WireRequests>();
        app.MapApi();
        OrleansDashboard.Map(app);
        app.MapConsolePage();
    }

    private static OptionsBuilder<T> AddOptions<T>(IServiceCollection services, string section)
        where T : class => services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
