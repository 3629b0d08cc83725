using Orleans.Dashboard;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>
/// Orleans' dashboard, which asks nobody who he is, behind our own access: only keys that may see the cluster. What it would tell of
/// people's texts is left out: the states of grains, and the log.
/// </summary>
internal static class OrleansDashboard
{
    private const string Prefix = "/orleans";

    private static readonly string[] LeftOut = [$"{Prefix}/GrainState", $"{Prefix}/Trace"];

    public static void Map(WebApplication app)
    {
        var options = app.Configuration.GetSection(DashboardOptions.Section).Get<DashboardOptions>();
        if (options is not { Enabled: true }) return;
        IEndpointConventionBuilder routes = app.MapOrleansDashboard(Prefix).RequireScope(Scope.ClusterRead);
        routes.Finally(LeaveOut);
    }

    private static void LeaveOut(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RoutePattern.RawText: { } path } route) return;
        if (!LeftOut.Contains($"/{path.Trim('/')}", StringComparer.OrdinalIgnoreCase)) return;
        route.RequestDelegate = context => HttpErrors.WriteAsync(context, new(ErrorCode.NotFound, "This part of the dashboard is left out."));
    }
}
