using k8s;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Whether this process is where <see cref="ClusterHostOptions.Kubernetes"/> says that it is.</summary>
internal static class KubernetesPod
{
    /// <exception cref="StartupRefusedException">It is no pod, or was not given what a pod's silo needs.</exception>
    public static void Check(ClusterHostOptions options)
    {
        if (!options.Kubernetes) return;
        if (!KubernetesClientConfiguration.IsInCluster())
        {
            throw Refusal("Kubernetes is set, but this is no pod, or one without a service account's token.");
        }

        if (Environment.GetEnvironmentVariable(SiloAddresses.PodAddress) is not { Length: > 0 })
        {
            throw Refusal($"Kubernetes needs the pod's address in {SiloAddresses.PodAddress} (status.podIP).");
        }
    }

    private static StartupRefusedException Refusal(string mistake) => new($"{ClusterHostOptions.Section}: {mistake}");
}
