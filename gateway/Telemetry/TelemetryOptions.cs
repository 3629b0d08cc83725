using OpenTelemetry.Exporter;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>Where metrics, traces and logs are sent over OTLP. Without an address, here or in OpenTelemetry's own variables, nowhere.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "ToolRuntime:Telemetry";

    /// <summary>The receiver's address without the signal's path; goes before <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary><c>Grpc</c> or <c>HttpProtobuf</c>; goes before <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</summary>
    public OtlpExportProtocol? Protocol { get; set; }
}
