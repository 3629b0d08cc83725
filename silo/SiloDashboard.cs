using Microsoft.Extensions.Configuration;
using Orleans.Dashboard;

namespace ToolRuntime.Silo;

/// <summary>What a silo does for Orleans' dashboard, which gateways show.</summary>
internal static class SiloDashboard
{
    /// <param name="silo">The silo.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>; <c>Dashboard:Enabled</c> decides.</param>
    public static ISiloBuilder AddDashboardIfWanted(this ISiloBuilder silo, IConfiguration settings) =>
        IsWanted(settings) ? silo.AddDashboard(dashboard => dashboard.HideTrace = true) : silo;

    /// <summary>The same for a client, which shows what the silos of its cluster measure.</summary>
    public static IClientBuilder AddDashboardIfWanted(this IClientBuilder client, IConfiguration settings) =>
        IsWanted(settings) ? client.AddDashboard(dashboard => dashboard.HideTrace = true) : client;

    private static bool IsWanted(IConfiguration settings) => settings.GetSection("Dashboard").Get<DashboardOptions>() is { Enabled: true };
}
