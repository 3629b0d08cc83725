using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Mutual TLS between silos and their clients: each side shows a certificate of the authority.</summary>
internal static class ClusterTls
{
    public static void Configure(TlsOptions tls, CertificateFiles files)
    {
        tls.LocalCertificate = files.Certificate;
        tls.LocalServerCertificateSelector = (_, _) => files.Certificate;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => files.Certificate;
        (tls.RemoteCertificateMode, tls.ClientCertificateMode) = (RemoteCertificateMode.RequireCertificate, RemoteCertificateMode.RequireCertificate);
        tls.RemoteCertificateValidation = (certificate, chain, _) => files.Trusts(certificate as X509Certificate2, chain);
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = ClusterConnection.ServiceId;
    }
}
