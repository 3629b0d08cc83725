using System.Diagnostics.Metrics;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>The gateway's meter; its instruments are beside what they measure.</summary>
internal sealed class GatewayMeter(IMeterFactory factory)
{
    public Meter Meter { get; } = factory.Create("ToolRuntime");
}
