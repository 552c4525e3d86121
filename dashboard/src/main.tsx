import { createRoot } from "react-dom/client";
import { App } from "./App";
import { text } from "./text";
import { applyTheme } from "./theme";
import "./style/base.css";
import "./style/shell.css";
import "./style/board.css";
import "./style/deal.css";
import "./style/around.css";

document.documentElement.lang = text.locale;
applyTheme();
createRoot(document.getElementById("root")!).render(<App />);
