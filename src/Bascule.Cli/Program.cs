using Bascule.Cli;

return await CommandLine.RunAsync(args);
