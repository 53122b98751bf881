using Bascule.Bench;
using Bascule.Bench.Audit;
using Bascule.Bench.Cluster;
using Bascule.Bench.Crash;
using Bascule.Bench.Dags;
using Bascule.Bench.Exchange;
using Bascule.Bench.Gate;
using Bascule.Bench.Intake;
using Bascule.Bench.Latency;
using Bascule.Bench.Lists;
using Bascule.Bench.Reconcile;
using Bascule.Bench.Revoke;

return args switch
{
    ["intake", ..] => await IntakeBench.RunAsync(CancellationToken.None),
    ["reconcile", ..] => await ReconcileBench.RunAsync(CancellationToken.None),
    ["latency", ..] => await LatencyBench.RunAsync(CancellationToken.None),
    ["crash", .. var words] => await CrashBench.RunAsync(CrashOptions.Parse(words), CancellationToken.None),
    ["console", ..] => await ConsoleBench.RunAsync(CancellationToken.None),
    ["cluster", ..] => await ClusterBench.RunAsync(),
    ["gate", .. var words] => await Interruption.RunAsync(token => GateBench.RunAsync(GateOptions.Parse(words), token)),
    ["exchange", .. var words] => await Interruption.RunAsync(token => ExchangeBench.RunAsync(IsQuick(words), token)),
    ["revoke", .. var words] => await Interruption.RunAsync(token => RevokeBench.RunAsync(IsQuick(words), token)),
    ["audit", .. var words] => await Interruption.RunAsync(token => AuditBench.RunAsync(IsQuick(words), token)),
    ["dags", .. var words] => await Interruption.RunAsync(token =>
        DagsBench.RunAsync(DagsBench.ReadPushes(words), token)
    ),
    ["replica", var address] => await ReplicaProcess.RunAsync(address),
    // Started by the intake benchmark itself, as the process under load.
    ["endpoint", var kind, var folder] => await EndpointProcess.RunAsync(kind, folder),
    _ => Usage(),
};

static bool IsQuick(string[] words) =>
    words switch
    {
        [] => false,
        ["--quick"] => true,
        _ => throw new ArgumentException("the only word that follows is --quick", nameof(words)),
    };

static int Usage()
{
    Console.Error.WriteLine(
        "usage: Bascule.Bench intake|latency|reconcile|crash|cluster|console|gate|exchange|revoke|audit|dags"
    );
    return 2;
}
