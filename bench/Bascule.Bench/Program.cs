using Bascule.Bench.Cluster;
using Bascule.Bench.Crash;
using Bascule.Bench.Intake;
using Bascule.Bench.Latency;
using Bascule.Bench.Lists;
using Bascule.Bench.Reconcile;

return args switch
{
    ["intake", ..] => await IntakeBench.RunAsync(CancellationToken.None),
    ["reconcile", ..] => await ReconcileBench.RunAsync(CancellationToken.None),
    ["latency", ..] => await LatencyBench.RunAsync(CancellationToken.None),
    ["crash", .. var words] => await CrashBench.RunAsync(CrashOptions.Parse(words), CancellationToken.None),
    ["console", ..] => await ConsoleBench.RunAsync(CancellationToken.None),
    ["cluster", ..] => await ClusterBench.RunAsync(),
    ["replica", var address] => await ReplicaProcess.RunAsync(address),
    // Started by the intake benchmark itself, as the process under load.
    ["endpoint", var kind, var folder] => await EndpointProcess.RunAsync(kind, folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Bascule.Bench intake|latency|reconcile|crash|cluster|console");
    return 2;
}
