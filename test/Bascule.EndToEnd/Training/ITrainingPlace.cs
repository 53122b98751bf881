using Bascule.Core.Api;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.Training;

/// <summary>A simulated platform that trains. What is asked of it here is its own word, not Bascule's.</summary>
internal interface ITrainingPlace : IAsyncDisposable
{
    /// <summary>A stage on which it is a platform.</summary>
    StageOptions StageOptions { get; }

    /// <summary>What the settings of an environment say so that it runs there: <c>platform: …</c>.</summary>
    string Chosen { get; }

    /// <summary>The block of a workflow.</summary>
    string Workflow { get; }

    /// <summary>
    /// Of the script: it logs what <c>metrics.json</c> holds, registers a model, prints <c>said.txt</c> and ends with the code in <c>code.txt</c>.
    /// </summary>
    string Script { get; }

    /// <summary>Full name of the model that the script registers.</summary>
    string Model { get; }

    /// <summary>How many different runs were ever asked for.</summary>
    int Runs { get; }

    /// <summary>Requests of any kind, those for a token included, refused ones too.</summary>
    int Requests { get; }

    /// <summary>The stage stands, and nothing was connected yet.</summary>
    void Join(BasculeStage stage);

    /// <summary>Its administrator does what <c>bascule connect</c> printed, and nothing else.</summary>
    void Paste(Finding finding);

    /// <summary>Nothing that was given out is good any more: whoever comes has to log in anew.</summary>
    void EndTokens();

    /// <summary>The version behind the alias or stage <c>production</c>; null for none.</summary>
    Task<string?> ProductionAsync();
}
