namespace Bascule.Bench.Gate;

/// <param name="Lists">How often each way lists the refs.</param>
/// <param name="Clones">How often each way clones, one client at a time.</param>
/// <param name="Cold">How often a view is cloned that was not there.</param>
/// <param name="Clients">How many clone at once.</param>
internal sealed record GateOptions(int Lists, int Clones, int Cold, int Clients, bool Pushes)
{
    /// <summary><c>--quick</c>: a look while working on it, not a measurement. <c>--clones</c>: little but clones by one client.</summary>
    public static GateOptions Parse(string[] words) =>
        words switch
        {
            [] => new(40, 9, 3, 50, Pushes: true),
            ["--quick"] => new(15, 3, 1, 8, Pushes: false),
            ["--clones"] => new(3, 15, 1, 1, Pushes: false),
            ["--push"] => new(0, 0, 0, 0, Pushes: true),
            _ => throw new ArgumentException("usage: ./bench.sh gate [--quick|--clones|--push]", nameof(words)),
        };
}
