using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Security;

/// <summary>Lets Kestrel bind to loopback addresses only while no keys are configured.</summary>
internal sealed class LoopbackGuard(KeyRing keys) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        if (keys.Keyless) options.ConfigureEndpointDefaults(Check);
    }

    /// <summary>Checks addresses as given to <c>--urls</c>, before anything is started.</summary>
    public void Check(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = Parse(url);
            if (keys.Keyless && !address.IsUnixPipe && !IsLoopback(address.Host)) throw Refusal(url);
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new StartupRefusedException($"'{url}' is no address to listen on; --urls takes such as http://localhost:8080.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static void Check(ListenOptions endpoint)
    {
        if (endpoint.IPEndPoint is { } address && !IPAddress.IsLoopback(address.Address)) throw Refusal(address.ToString());
    }

    private static StartupRefusedException Refusal(string address) =>
        new($"Without configured keys the server listens on this machine only: {address} is not a loopback address. Use http://localhost:<port>, or configure keys ('keys new' makes one).");
}
