;;; kss-mode.el --- Major mode for the configuration language .kss -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT OR Apache-2.0
;; Author: The kssc project
;; URL: https://github.com/kssc-lang/kssc
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, indentation, and the language server through Eglot:
;;
;;   (use-package kss-mode
;;     :load-path "…/editors/emacs"
;;     :hook (kss-mode . eglot-ensure))
;;
;; The server is `kssc lsp', of the variable `exec-path'; see `kss-server-command'.
;;
;;   C-c C-c  check the site          C-c C-w  why is this value what it is?
;;   C-c C-b  build the deploy tree   C-c C-o  preview an output
;;   M-x kss-source, in a generated file: go to what made its line
;;   C-c C-f  lay the file out

;;; Code:

(require 'cl-lib)
(require 'compile)
(require 'rx)
(require 'subr-x)

(defgroup kss nil
  "The configuration language .kss."
  :group 'languages
  :prefix "kss-")

(defcustom kss-server-command '("kssc" "lsp")
  "The program that is the language server, with its arguments."
  :type '(repeat string))

(defcustom kss-compiler "kssc"
  "The compiler, for `kss-check' and `kss-build'."
  :type 'string)

(defcustom kss-indent-offset 2
  "Columns of one level."
  :type 'integer
  :safe #'integerp)

;;;; Words

;; No word is reserved: before `=', `:', `.' and `{' each is a name. The lists are those of the compiler; a test of
;; editors/tree-sitter-kss writes them.

(defconst kss--words
  '(
    ;; keywords: Declaration
    (Declaration
      "import" "site" "cluster" "module" "type" "fn" "capability" "intent" "output" "test" "let" "option")
    ;; end
    ;; keywords: Statement
    (Statement
      "use" "needs" "provide" "tune" "each" "remove" "check" "covered" "ignore" "unchecked" "given"
      "expect" "fail")
    ;; end
    ;; keywords: Modifier
    (Modifier
      "shared" "optional" "private" "default" "override" "force" "append")
    ;; end
    ;; keywords: Control
    (Control
      "if" "then" "else" "for" "match" "every" "some" "no")
    ;; end
    ;; keywords: Clause
    (Clause
      "where" "because" "by" "one" "per" "at" "most" "with" "code" "error" "containing" "owner")
    ;; end
    ;; keywords: Operator
    (Operator
      "and" "or" "not" "in" "is")
    ;; end
    ;; keywords: Constant
    (Constant
      "true" "false" "none" "null")
    ;; end
    ;; keywords: Type
    (Type
      "ref" "set" "Later")
    ;; end
    )
  "The words of the language by their class.")

(defconst kss--name "[A-Za-z_][A-Za-z0-9_]*\\(?:-[A-Za-z0-9_]+\\)*")

(defun kss--word-matcher (class)
  "A function for font lock that finds words of CLASS where they are no names."
  (let ((regexp (concat "\\_<" (regexp-opt (cdr (assq class kss--words)) t) "\\_>")))
    (lambda (limit)
      (let (found)
        (while (and (not found) (re-search-forward regexp limit t))
          (setq found (kss--word-p (match-beginning 1) (match-end 1))))
        found))))

(defun kss--word-p (beginning end)
  "Is what stands from BEGINNING to END no name of a field?"
  (save-excursion
    (save-match-data
      (goto-char end)
      (not (or (eq (char-before beginning) ?.)
               (looking-at-p "[ \t]*\\(?:[:.{]\\|=\\(?:[^=>]\\|$\\)\\)"))))))

(defconst kss--font-lock-keywords
  (let ((name kss--name))
    `((,(rx line-start (* blank) (group (>= 2 "#")) (or blank line-end)) (1 font-lock-doc-face t))
      (,(concat "\\_<\\(site\\|cluster\\|module\\|use\\|provide\\|needs\\)[ \t]+\\(" name "\\)\\_>[ \t]*\\(?:[{?,}]\\|in\\_>\\|for\\_>\\|$\\)")
       (2 font-lock-constant-face))
      ("\\_<type[ \t]+\\([A-Z][A-Za-z0-9]*\\)" (1 font-lock-type-face))
      (,(concat "\\_<fn[ \t]+\\(" name "\\)") (1 font-lock-function-name-face))
      (,(concat "\\_<\\(?:let\\|option\\)[ \t]+\\(" name "\\)\\_>[ \t]*\\(?:[:=]\\|where\\_>\\)") (1 font-lock-variable-name-face))
      (,(concat "\\(" name "\\)[ \t]*\\(?:=\\(?:[^=>]\\|$\\)\\|:\\(?:[ \t]\\|$\\)\\)") (1 font-lock-variable-name-face))
      (,(kss--word-matcher 'Declaration) (1 font-lock-keyword-face))
      (,(kss--word-matcher 'Statement) (1 font-lock-keyword-face))
      (,(kss--word-matcher 'Modifier) (1 font-lock-builtin-face))
      (,(kss--word-matcher 'Control) (1 font-lock-keyword-face))
      (,(kss--word-matcher 'Clause) (1 font-lock-keyword-face))
      (,(kss--word-matcher 'Operator) (1 font-lock-keyword-face))
      (,(kss--word-matcher 'Constant) (1 font-lock-constant-face))
      (,(kss--word-matcher 'Type) (1 font-lock-type-face))
      ("\\_<[A-Z][A-Za-z0-9]*\\_>" . font-lock-type-face)
      ("\\${\\([^}\n]*\\)}" (1 font-lock-variable-name-face t))))
  "Colours of `kss-mode'.")

;;;; Syntax

(defvar kss-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?' "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    (dolist (sign '(?= ?< ?> ?+ ?* ?/ ?% ?| ?? ?! ?: ?. ?, ?$))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax of `kss-mode'.")

(defconst kss--syntax-propertize
  (syntax-propertize-rules
   ;; Three quotes are a fence of a text with lines: the first opens, the last closes, and those between are text.
   ("\"\"\"\\|'''" (0 (ignore (kss--fence))))
   ;; In raw text a backslash is itself.
   ("\\\\" (0 (ignore (kss--backslash))))))

(defun kss--fence ()
  "Makes the three quotes just matched a fence of a text.
Not in another text or in a comment."
  (let* ((beginning (match-beginning 0))
         (quote-char (char-after beginning))
         (state (save-excursion (save-match-data (syntax-ppss beginning))))
         (opener (nth 8 state)))
    (cond
     ((nth 4 state))
     ((not (nth 3 state))
      (put-text-property beginning (1+ beginning) 'syntax-table (string-to-syntax "|"))
      (put-text-property (1+ beginning) (+ 3 beginning) 'syntax-table (string-to-syntax ".")))
     ((and (eq (nth 3 state) t) (eq (char-after opener) quote-char))
      (put-text-property beginning (+ 2 beginning) 'syntax-table (string-to-syntax "."))
      (put-text-property (+ 2 beginning) (+ 3 beginning) 'syntax-table (string-to-syntax "|"))))))

(defun kss--backslash ()
  "Makes the backslash just matched a plain sign in raw text."
  (let* ((at (match-beginning 0))
         (state (save-excursion (save-match-data (syntax-ppss at)))))
    (when (and (nth 3 state) (eq (char-after (nth 8 state)) ?'))
      (put-text-property at (1+ at) 'syntax-table (string-to-syntax ".")))))

;;;; Indentation

(defconst kss--continuation
  "[ \t]*\\(?:|\\|\\?\\?\\|\\??\\.[A-Za-z]\\|\\(?:and\\|or\\|then\\|else\\|where\\|because\\)\\_>[ \t]*\\(?:[^=:.{ \t]\\|$\\)\\)"
  "The beginning of a line that goes on with the one before.")

(defconst kss--dangling
  "\\(?:=>?\\|->\\|\\?\\?\\|[+*/%|<>]\\|\\_<\\(?:and\\|or\\|in\\)\\)[ \t]*\\(?:#.*\\)?$"
  "The end of a line that goes on with the next one.")

(defun kss--previous-line ()
  "Go to the beginning of the line of code before this one; nil if there is none."
  (let (found)
    (while (and (not found) (zerop (forward-line -1)))
      (setq found (not (looking-at-p "[ \t]*\\(?:#.*\\)?$"))))
    found))

(defun kss--dangles-p ()
  "Does the line at point go on with the next one?"
  (save-excursion
    (and (re-search-forward kss--dangling (line-end-position) t)
         (not (nth 8 (syntax-ppss (match-beginning 0)))))))

(defun kss--continues-p ()
  "Is the line at point part of the statement of the line before?"
  (save-excursion
    (beginning-of-line)
    (or (looking-at-p kss--continuation)
        (and (kss--previous-line) (kss--dangles-p)))))

(defun kss--indentation ()
  "The column for the line at point; nil in a text with lines."
  (save-excursion
    (beginning-of-line)
    (let* ((state (syntax-ppss))
           (open (nth 1 state))
           (closes (looking-at-p "[ \t]*[]})]"))
           (continues (kss--continues-p)))
      (unless (nth 3 state)
        (cond
         (closes (if open (progn (goto-char open) (current-indentation)) 0))
         (t (+ (if open (progn (goto-char open) (+ (current-indentation) kss-indent-offset)) 0)
               (if continues kss-indent-offset 0))))))))

(defun kss-indent-line ()
  "Indent the line at point."
  (interactive)
  (let ((column (kss--indentation)))
    (if (null column)
        'noindent
      (if (<= (current-column) (current-indentation))
          (indent-line-to column)
        (save-excursion (indent-line-to column))))))

;;;; The compiler

(defun kss--root ()
  "The folder that tasks run in."
  (or (locate-dominating-file default-directory "kss.lock")
      (locate-dominating-file default-directory ".git")
      default-directory))

(defun kss--compile (&rest words)
  "Run the compiler with WORDS in the folder of the project."
  (save-some-buffers (not compilation-ask-about-save) (lambda () (derived-mode-p 'kss-mode)))
  (let ((default-directory (kss--root)))
    (compile (mapconcat #'shell-quote-argument (cons kss-compiler words) " "))))

(defun kss-check ()
  "Prove that the site hangs together."
  (interactive)
  (kss--compile "check"))

(defun kss-build ()
  "Write the deploy tree."
  (interactive)
  (kss--compile "build"))

(defun kss-format-buffer ()
  "Lay the buffer out in the one way."
  (interactive)
  (let ((formatted (generate-new-buffer " *kss-fmt*"))
        (source (current-buffer)))
    (unwind-protect
        (if (zerop (call-process-region nil nil kss-compiler nil (list formatted nil) nil "fmt" "-"))
            (with-current-buffer source (replace-buffer-contents formatted))
          (user-error "A file with a syntax error stays as it is"))
      (kill-buffer formatted))))

(add-to-list 'compilation-error-regexp-alist-alist
             '(kss "^ *[╭├]─\\[ \\([^:\n]+\\):\\([0-9]+\\):\\([0-9]+\\) \\]" 1 2 3))
(add-to-list 'compilation-error-regexp-alist 'kss)

;;;; The server

(declare-function eglot-current-server "eglot" ())
(declare-function jsonrpc-request "jsonrpc" (connection method params &rest args))
(declare-function grep-mode "grep" ())
(declare-function url-unhex-string "url-util" (str &optional allow-newlines))
(declare-function url-hexify-string "url-util" (string &optional allowed-chars))
(defvar eglot-server-programs)
(defvar url-unreserved-chars)

(defvar-local kss--output nil
  "The file that a preview was asked from, and its path in the deploy tree.")

(defvar kss--server nil
  "The server that was asked last; files of the deploy tree have none of their own.")

(defun kss--ask (method params)
  "Ask the server METHOD with PARAMS."
  (let ((server (or (and (fboundp 'eglot-current-server) (eglot-current-server))
                    kss--server
                    (user-error "No server: M-x eglot in a .kss file"))))
    (setq kss--server server)
    ;; Deferred: with it Eglot sends before what was typed just now.
    (jsonrpc-request server method params :deferred method)))

(defun kss--uri ()
  "The address of the file of the buffer."
  (require 'url-util)
  (concat "file://" (url-hexify-string (or buffer-file-name (user-error "The buffer has no file"))
                                       (cons ?/ url-unreserved-chars))))

(defun kss--here ()
  "The place of point in a .kss file, as the server counts: in UTF-16."
  (list :textDocument (list :uri (kss--uri))
        :position (list :line (1- (line-number-at-pos nil t))
                        :character (/ (length (encode-coding-string
                                               (buffer-substring-no-properties (line-beginning-position) (point))
                                               'utf-16le))
                                      2))))

(defun kss--output-here ()
  "The line of point in a file of the deploy tree, or in a preview of one."
  (append (if kss--output
              (list :textDocument (list :uri (car kss--output)) :path (cdr kss--output))
            (list :textDocument (list :uri (kss--uri))))
          (list :line (1- (line-number-at-pos nil t)))))

(defun kss--list (answer)
  "The vector ANSWER as a list."
  (append answer nil))

(defun kss--step-line (step)
  "The address and line of STEP, as `file:line' that compilation buffers know."
  (let ((location (plist-get step :location)))
    (format "%s:%d"
            (url-unhex-string (string-remove-prefix "file://" (plist-get location :uri)))
            (1+ (plist-get (plist-get (plist-get location :range) :start) :line)))))

(defun kss--tell (answers)
  "Show ANSWERS to why a value is what it is."
  (if (null answers)
      (message "No value of the site stands here")
    (with-current-buffer (get-buffer-create "*kss why*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (dolist (answer answers)
          (insert (plist-get answer :scope) ": " (plist-get answer :value) "\n")
          (dolist (step (kss--list (plist-get answer :steps)))
            (insert (format "%s: %s %s\n" (kss--step-line step)
                            (if (eq (plist-get step :won) t) "counts:" "overridden:")
                            (plist-get step :role))))
          (insert "\n"))
        (goto-char (point-min)))
      (grep-mode)
      (display-buffer (current-buffer)))))

(defun kss-why ()
  "Tell where the value at point comes from, and what it overrode."
  (interactive)
  (require 'url-util)
  (kss--tell
   (if (derived-mode-p 'kss-mode)
       (kss--list (kss--ask :kss/why (kss--here)))
     (let ((answer (kss--ask :kss/sourceOf (kss--output-here))))
       (and answer (list answer))))))

(defun kss-source ()
  "Go to the statement that made the line of point in a file of the deploy tree."
  (interactive)
  (require 'url-util)
  (let* ((steps (kss--list (plist-get (kss--ask :kss/sourceOf (kss--output-here)) :steps)))
         (step (or (cl-find-if (lambda (step) (eq (plist-get step :won) t)) steps) (car steps))))
    (if (null step)
        (message "No line of the sources made this")
      (let ((place (kss--step-line step)))
        (string-match "\\(.*\\):\\([0-9]+\\)\\'" place)
        (let ((line (string-to-number (match-string 2 place))))
          (find-file-other-window (match-string 1 place))
          (goto-char (point-min))
          (forward-line (1- line)))))))

(defun kss-outputs ()
  "Show a file that point leads to, as it would be written now."
  (interactive)
  (let* ((files (kss--list (kss--ask :kss/outputs (kss--here))))
         (paths (mapcar (lambda (file) (plist-get file :path)) files))
         (path (if (cdr paths) (completing-read "File: " paths nil t) (car paths)))
         (file (cl-find path files :key (lambda (file) (plist-get file :path)) :test #'equal))
         (source (kss--uri)))
    (cond
     ((null file) (message "What stands here leads to no output"))
     ((null (plist-get file :text)) (message "%s is copied as it is" path))
     (t
      (with-current-buffer (get-buffer-create (format "*kss output: %s*" path))
        (let ((inhibit-read-only t))
          (erase-buffer)
          (insert (plist-get file :text))
          (goto-char (point-min)))
        (let ((buffer-file-name path)) (set-auto-mode))
        (setq kss--output (cons source path))
        (view-mode 1)
        (pop-to-buffer (current-buffer)))))))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'kss-mode (lambda (&rest _) kss-server-command))))

;;;; The mode

(defvar kss-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-c") #'kss-check)
    (define-key map (kbd "C-c C-b") #'kss-build)
    (define-key map (kbd "C-c C-f") #'kss-format-buffer)
    (define-key map (kbd "C-c C-w") #'kss-why)
    (define-key map (kbd "C-c C-o") #'kss-outputs)
    map)
  "Keys of `kss-mode'.")

(defvar kss--imenu
  (let ((name kss--name))
    `(("Module" ,(concat "^[ \t]*module[ \t]+\\(" name "\\)") 1)
      ("Site" ,(concat "^[ \t]*site[ \t]+\\(" name "\\)") 1)
      ("Cluster" ,(concat "^[ \t]*cluster[ \t]+\\(" name "\\)") 1)
      ("Type" ,(concat "^[ \t]*type[ \t]+\\(" name "\\)") 1)
      ("Function" ,(concat "^[ \t]*fn[ \t]+\\(" name "\\)") 1)
      ("Capability" ,(concat "^[ \t]*capability[ \t]+\\(" name "\\)") 1)
      ("Kind" ,(concat "^[ \t]*\\(?:shared[ \t]+\\|optional[ \t]+\\)*\\(?:intent\\|output\\)[ \t]+\\(" name "\\)") 1)
      ("Test" "^[ \t]*test[ \t]+\"\\([^\"]+\\)\"" 1)))
  "What `imenu' lists.")

;;;###autoload
(define-derived-mode kss-mode prog-mode "kss"
  "Major mode for the configuration language .kss."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+[ \t]*")
  (setq-local comment-end "")
  (setq-local indent-line-function #'kss-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append '(?} ?\] ?\)) electric-indent-chars))
  (setq-local syntax-propertize-function kss--syntax-propertize)
  (setq-local font-lock-defaults '(kss--font-lock-keywords))
  (setq-local imenu-generic-expression kss--imenu))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.kss\\'" . kss-mode))

(provide 'kss-mode)
;;; kss-mode.el ends here
