using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>
/// Refuses certificates that are not where the configuration says before anything is started. Kestrel looks for them last of all; what runs by
/// then would end with it.
/// </summary>
internal static class EndpointCertificates
{
    private static readonly string[] Files = ["Path", "KeyPath"];

    /// <summary>Checks what Kestrel's endpoints name, and its default.</summary>
    /// <param name="kestrel">The section <c>Kestrel</c>.</param>
    /// <param name="root">The folder that relative paths count from.</param>
    public static void Check(IConfigurationSection kestrel, string root)
    {
        var certificates = kestrel.GetSection("Endpoints").GetChildren().Select(endpoint => endpoint.GetSection("Certificate"))
            .Append(kestrel.GetSection("Certificates:Default"));
        foreach (var setting in certificates.SelectMany(certificate => Files.Select(certificate.GetSection)))
        {
            if (setting.Value is not { Length: > 0 } file) continue;
            var place = Path.GetFullPath(file, root);
            if (!File.Exists(place)) throw new StartupRefusedException($"{setting.Path}: there is no file '{place}'.");
        }
    }
}
