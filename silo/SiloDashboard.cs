using Microsoft.Extensions.Configuration;
using Orleans.Dashboard;

namespace ToolRuntime.Silo;

/// <summary>What a silo does for Orleans' dashboard, which gateways show.</summary>
internal static class SiloDashboard
{
    /// <param name="silo">The silo.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>; <c>Dashboard:Enabled</c> decides.</param>
    public static ISiloBuilder AddDashboardIfWanted(this ISiloBuilder silo, IConfiguration settings) =>
        settings.GetValue("Dashboard:Enabled", false) ? silo.AddDashboard(dashboard => dashboard.HideTrace = true) : silo;
}
