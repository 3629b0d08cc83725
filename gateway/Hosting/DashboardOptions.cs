namespace ToolRuntime.Gateway.Hosting;

/// <summary>Orleans' own dashboard under <c>/orleans</c>; section <c>ToolRuntime:Dashboard</c>.</summary>
internal sealed class DashboardOptions
{
    public const string Section = "ToolRuntime:Dashboard";

    /// <summary>Whether it is there. It measures each grain call and writes figures each second, also while nobody looks. Default false.</summary>
    public bool Enabled { get; set; }
}
