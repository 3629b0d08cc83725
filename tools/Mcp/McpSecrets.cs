namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// What must not be seen of the servers' configuration: values of headers, and of variables that are secrets by their name or are said to
/// be.
/// </summary>
internal static class McpSecrets
{
    public static SecretValues Of(McpOptions options) =>
        new([.. options.Servers.Values.SelectMany(server => Headers(server).Concat(Variables(server)))]);

    // "Bearer abc": what counts is the last part, with or without the scheme.
    private static IEnumerable<string> Headers(McpServerOptions server) =>
        server.Headers.Values.SelectMany(value => (string[])[value, value[(value.LastIndexOf(' ') + 1)..]]);

    private static IEnumerable<string> Variables(McpServerOptions server)
    {
        foreach (var (name, value) in server.Environment)
        {
            if (SecretValues.IsSecretName(name) || server.Secrets.Contains(name)) yield return value;
        }

        foreach (var name in server.PassEnvironment.Where(name => SecretValues.IsSecretName(name) || server.Secrets.Contains(name)))
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) yield return value;
        }
    }
}
