using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Clustering;

/// <summary>
/// This process's certificate and the authorities that it trusts, from files. They are looked at again at each handshake, of which there
/// are few: a file that has changed
/// counts from then on, one that can't be used just now (half written, say) changes nothing.
/// </summary>
internal sealed class CertificateFiles
{
    private readonly Lock gate = new();
    private readonly (string Certificate, string Key, string Authority) paths;
    private (string Certificate, string Key, string Authority) read;
    private X509Certificate2 certificate = null!;
    private X509Certificate2Collection authorities = null!;

    private CertificateFiles(string certificate, string key, string authority) => paths = (certificate, key, authority);

    /// <summary>What is shown to the other side.</summary>
    public X509Certificate2 Certificate
    {
        get
        {
            lock (gate)
            {
                Refresh();
                return certificate;
            }
        }
    }

    /// <summary>The files that the settings name; null where they name none.</summary>
    /// <exception cref="StartupRefusedException">They can't be used.</exception>
    public static CertificateFiles? Open(ClusterHostOptions options)
    {
        if (options is not { CertificateFile: { } certificate, AuthorityFile: { } authority }) return null;
        var files = new CertificateFiles(Path.GetFullPath(certificate), Path.GetFullPath(options.KeyFile ?? certificate), Path.GetFullPath(authority));
        try
        {
            files.Read();
            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupRefusedException($"{ClusterHostOptions.Section}: the certificate, its key or the authority can't be used: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the other side's certificate is valid now and comes from one of the authorities. Names don't count: what the
    /// authority has signed belongs to the cluster.</summary>
    public bool Trusts(X509Certificate2? other, X509Chain? sent)
    {
        if (other is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        lock (gate)
        {
            Refresh();
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(element => element.Certificate).ToArray());
        return chain.Build(other);
    }

    private void Refresh()
    {
        try
        {
            Read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // What was read before goes on.
        }
    }

    private void Read()
    {
        var now = (File.ReadAllText(paths.Certificate), File.ReadAllText(paths.Key), File.ReadAllText(paths.Authority));
        if (now == read) return;
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(now.Item3);
        if (trusted.Count == 0) throw new CryptographicException($"'{paths.Authority}' holds no certificate.");
        (certificate, authorities, read) = (X509Certificate2.CreateFromPem(now.Item1, now.Item2), trusted, now);
    }
}
