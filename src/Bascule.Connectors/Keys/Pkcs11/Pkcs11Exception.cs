using Bascule.Core;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>The module refused; ends what was under way. Caught where the module's thread is left.</summary>
internal sealed class Pkcs11Exception : InvalidOperationException
{
    public Pkcs11Exception()
        : this("the module refused") { }

    public Pkcs11Exception(string message)
        : this(Problem.Unavailable(message)) { }

    public Pkcs11Exception(string message, Exception inner)
        : base(message, inner) => Problem = Problem.Unavailable(message);

    public Pkcs11Exception(Problem problem)
        : base(problem.Message) => Problem = problem;

    public Problem Problem { get; }
}
