using ToolRuntime.Gateway.Live;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>Links to replays, and live views.</summary>
internal static class SharingExtensions
{
    public static IServiceCollection AddSharing(this IServiceCollection services) => services
        .AddSingleton<ShareCalls>().AddSingleton<SharedLinks>().AddSingleton<ShareRedaction>().AddSingleton<ShareEndpoints>().AddSingleton<SharedEndpoints>()
        .AddSingleton<LiveViews>().AddSingleton<LiveServices>().AddSingleton<LiveEndpoint>();

    public static void MapSharing(this IEndpointRouteBuilder app)
    {
        const string shares = "/v1/sessions/{session}/shares";
        app.MapPost(shares, (HttpContext context, ShareEndpoints links, string session) => links.CreateAsync(context, session)).RequireScope(Scope.SessionsRead | Scope.SessionsWrite);
        app.MapGet(shares, (HttpContext context, ShareEndpoints links, string session) => links.ListAsync(context, session)).RequireScope(Scope.SessionsRead);
        app.MapDelete($"{shares}/{{share}}", (HttpContext context, ShareEndpoints links, string session, string share) => links.RevokeAsync(context, session, share))
            .RequireScope(Scope.SessionsWrite);
        app.MapGet("/v1/sessions/{session}/executions/{execution}/live", (HttpContext context, LiveEndpoint live, string session, string execution) => live.WatchAsync(context, session, execution))
            .AnswerHandshakes(Scope.SessionsRead);
        app.MapGet($"{SharePath.Api}/{{token}}", (HttpContext context, SharedEndpoints links, string token) => links.GetAsync(context, token)).AllowAnybody();
        app.MapGet($"{SharePath.Api}/{{token}}/recording", (HttpContext context, SharedEndpoints links, string token) => links.GetRecordingAsync(context, token)).AllowAnybody();
        app.MapGet($"{SharePath.Api}/{{token}}/live", (HttpContext context, SharedEndpoints links, string token) => links.WatchAsync(context, token)).AllowAnybody();
    }
}
